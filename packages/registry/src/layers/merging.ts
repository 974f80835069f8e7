import {
  defineLayer,
  type LayerDescription,
  type LayerPlugin,
  type Lowering,
  type NdArray,
  reshape,
  type SpanRoles,
  staticShape,
} from '@fuseinit/core';
import { at, axisOf, build, concatenate, zip } from './arrays.js';
import { unsupported } from './config-values.js';
import { unfusiblePlugin } from './plugin-makers.js';

type Combine = (inputs: readonly NdArray[], layer: LayerDescription) => NdArray;

const insideOnly: SpanRoles = { begins: false, inside: true, ends: false };
/** The roles of layers whose output is affine in their inputs, so that they may end a span. */
const insideOrEnd: SpanRoles = { ...insideOnly, ends: true };

/** Makes the plugin of a layer that combines several tensors into one, position by position. */
function mergingPlugin(
  className: string,
  roles: SpanRoles,
  functions: {
    readonly outputShape: LayerPlugin['outputShape'];
    readonly combine: Combine;
    readonly makeMask?: LayerPlugin['makeMask'];
  },
): LayerPlugin {
  const { outputShape, combine, makeMask } = functions;
  return defineLayer({
    specVersion: 1,
    classNames: [className],
    roles,
    lower(layer) {
      const positions = outputShape(layer).slice(0, -1);
      return inputShapesOf(layer).map((shape): Lowering => {
        const own = shape.slice(0, -1);
        if (own.join() === positions.join()) return { reads: 'element' };
        // The input has one value for all positions, such as the gate of a squeeze-and-excite block.
        if (own.every((length) => length === 1)) return { reads: 'everything' };
        throw unsupported(layer, `it joins inputs at the positions [${own}] and [${positions}]`);
      });
    },
    outputShape,
    apply: (layer, ...inputs) => combine(inputs, layer),
    ...(makeMask && { makeMask }),
  });
}

function inputShapesOf(layer: LayerDescription): number[][] {
  const { inputShape, otherInputShapes = [] } = layer;
  return [inputShape, ...otherInputShapes].map((shape) => staticShape({ ...layer, inputShape: shape }));
}

/**
 * The broadcast shape of the inputs: an input of lower rank is repeated along the missing axes after the
 * batch, and an axis of length 1 along its length.
 */
function broadcastShape(layer: LayerDescription): number[] {
  const shapes = inputShapesOf(layer);
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) =>
    Math.max(...shapes.map((shape) => shape[axis - rank + shape.length] ?? 1)),
  );
}

function concatenatedShape(layer: LayerDescription): number[] {
  const shapes = inputShapesOf(layer);
  const [first] = shapes;
  const axis = axisOf(Number(layer.config.axis ?? -1), first!.length + 1) - 1;
  if (axis !== first!.length - 1) {
    throw unsupported(layer, `it joins its inputs along the axis ${axis + 1}; the last can be fused`);
  }
  return first!.with(
    axis,
    shapes.reduce((total, shape) => total + shape[axis]!, 0),
  );
}

/** Combines inputs number by number. */
const byNumber =
  (combine: (values: readonly number[]) => number): Combine =>
  (inputs) => {
    const rank = Math.max(...inputs.map(({ shape }) => shape.length));
    // An input of lower rank is repeated along the missing axes after the batch.
    const alike = inputs.map((input) => {
      const lacking = Array.from({ length: rank - input.shape.length }, () => 1);
      return reshape(input, [input.shape[0]!, ...lacking, ...input.shape.slice(1)]);
    });
    return zip(alike, combine);
  };

const add = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

const concatenationAxis = (config: LayerDescription['config'], [input]: readonly NdArray[]) =>
  axisOf(Number(config.axis ?? -1), input!.shape.length);

/**
 * Concatenates masks as their inputs are concatenated. A time step is valid if all of its channels are; those
 * of an input without a mask always are.
 */
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

/** Makes the plugin of a layer that combines its inputs number by number. */
function elementwisePlugin(
  className: string,
  roles: SpanRoles,
  combine: (values: readonly number[]) => number,
) {
  return mergingPlugin(className, roles, { outputShape: broadcastShape, combine: byNumber(combine) });
}

/** Layers that combine several tensors into one. */
export const mergingLayers: readonly LayerPlugin[] = [
  elementwisePlugin('Add', insideOrEnd, add),
  elementwisePlugin('Average', insideOrEnd, (values) => add(values) / values.length),
  elementwisePlugin('Multiply', insideOnly, (values) =>
    values.reduce((product, value) => product * value, 1),
  ),
  elementwisePlugin('Maximum', insideOnly, (values) => Math.max(...values)),
  elementwisePlugin('Minimum', insideOnly, (values) => Math.min(...values)),
  mergingPlugin('Concatenate', insideOrEnd, {
    outputShape: concatenatedShape,
    combine: (inputs, { config }) => concatenate(inputs, concatenationAxis(config, inputs)),
    makeMask: concatenateMasks,
  }),
  unfusiblePlugin(['Dot'], 'it multiplies two inputs with each other', {
    apply: ({ config }, ...inputs) => dot(inputs, config),
  }),
];
