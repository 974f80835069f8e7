import {
  defineLayer,
  type LayerDescription,
  type LayerPlugin,
  type NdArray,
  reshape,
  staticShape,
} from '@fuseinit/core';
import { at, axisOf, build, concatenate, zip } from './arrays.js';
import { unsupported } from './config-values.js';
import { nowhere, unfusiblePlugin } from './plugin-makers.js';

type Combine = (inputs: readonly NdArray[], layer: LayerDescription) => NdArray;

/** Makes the plugin of a layer that reads several inputs at the same positions and can't be part of a span. */
function mergingPlugin(className: string, combine: Combine, makeMask?: LayerPlugin['makeMask']): LayerPlugin {
  return defineLayer({
    specVersion: 1,
    classNames: [className],
    roles: nowhere,
    lower(layer) {
      const positions = outputShapeOf(layer).slice(0, -1);
      if (positions.join() === staticShape(layer).slice(0, -1).join()) return { reads: 'element' };
      throw unsupported(
        layer,
        `its input [${layer.inputShape}] and its output [${layer.outputShape}] have other positions`,
      );
    },
    outputShape: outputShapeOf,
    apply: (layer, ...inputs) => combine(inputs, layer),
    ...(makeMask && { makeMask }),
  });
}

/** The shape of the output depends on all inputs, of which a description holds the first. */
function outputShapeOf(layer: LayerDescription): number[] {
  return staticShape({ ...layer, inputShape: layer.outputShape ?? layer.inputShape });
}

/** Combines inputs number by number. */
const byNumber =
  (combine: (values: readonly number[]) => number): Combine =>
  (inputs) => {
    const rank = Math.max(...inputs.map(({ shape }) => shape.length));
    // An input of fewer axes is repeated along those after the batch that it lacks.
    const alike = inputs.map((input) => {
      const lacking = Array.from({ length: rank - input.shape.length }, () => 1);
      return reshape(input, [input.shape[0]!, ...lacking, ...input.shape.slice(1)]);
    });
    return zip(alike, combine);
  };

const add = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

const concatenationAxis = (config: LayerDescription['config'], [input]: readonly NdArray[]) =>
  axisOf(Number(config.axis ?? -1), input!.shape.length);

/** Joins masks as their inputs are joined; a step counts where all of its channels do, as those of an input without a mask. */
function concatenateMasks(
  { config }: LayerDescription,
  inputs: readonly NdArray[],
  masks: readonly (NdArray | undefined)[],
): NdArray | undefined {
  if (masks.every((mask) => mask === undefined)) return undefined;
  const axis = concatenationAxis(config, inputs);
  const whole = concatenate(
    inputs.map((input, index) =>
      build(input.shape, (position) => (masks[index] ? at(masks[index], position.slice(0, -1)) : 1)),
    ),
    axis,
  );
  const channels = whole.shape.at(-1)!;
  return build(whole.shape.slice(0, -1), (step) =>
    Math.min(...Array.from({ length: channels }, (_, channel) => at(whole, [...step, channel]))),
  );
}

/** Returns `config.axes` for both inputs, counted from the front. */
function dotAxes(config: LayerDescription['config'], inputs: readonly NdArray[]): number[] {
  const axes = config.axes as number | readonly number[];
  return inputs.map(({ shape }, index) =>
    axisOf(typeof axes === 'number' ? axes : axes[index]!, shape.length),
  );
}

/** Multiplies two inputs over one axis of each, all other axes of the first before those of the second. */
function dot(inputs: readonly NdArray[], config: LayerDescription['config']): NdArray {
  const [firstAxis, secondAxis] = dotAxes(config, inputs) as [number, number];
  const [first, second] = inputs.map((input, index) =>
    config.normalize ? unitLength(input, [firstAxis, secondAxis][index]!) : input,
  ) as [NdArray, NdArray];
  const ofFirst = first.shape.toSpliced(firstAxis, 1).slice(1);
  const ofSecond = second.shape.toSpliced(secondAxis, 1).slice(1);
  const shape = [first.shape[0]!, ...ofFirst, ...ofSecond];
  const result = build(shape, ([sample, ...rest]) => {
    const left = [sample!, ...rest.slice(0, ofFirst.length)];
    const right = [sample!, ...rest.slice(ofFirst.length)];
    let total = 0;
    for (let index = 0; index < first.shape[firstAxis]!; index++)
      total +=
        at(first, left.toSpliced(firstAxis, 0, index)) * at(second, right.toSpliced(secondAxis, 0, index));
    return total;
  });
  return shape.length === 1 ? reshape(result, [shape[0]!, 1]) : result;
}

function unitLength(array: NdArray, axis: number): NdArray {
  return build(array.shape, (index) => {
    let squares = 0;
    for (let position = 0; position < array.shape[axis]!; position++)
      squares += at(array, index.with(axis, position)) ** 2;
    return at(array, index) / Math.sqrt(squares);
  });
}

/** Layers that make one tensor of several. */
export const mergingLayers: readonly LayerPlugin[] = [
  mergingPlugin('Add', byNumber(add)),
  mergingPlugin(
    'Average',
    byNumber((values) => add(values) / values.length),
  ),
  mergingPlugin(
    'Multiply',
    byNumber((values) => values.reduce((product, value) => product * value, 1)),
  ),
  mergingPlugin(
    'Maximum',
    byNumber((values) => Math.max(...values)),
  ),
  mergingPlugin(
    'Minimum',
    byNumber((values) => Math.min(...values)),
  ),
  mergingPlugin(
    'Concatenate',
    (inputs, { config }) => concatenate(inputs, concatenationAxis(config, inputs)),
    concatenateMasks,
  ),
  unfusiblePlugin(['Dot'], 'it multiplies two inputs with each other', {
    apply: ({ config }, ...inputs) => dot(inputs, config),
  }),
];
