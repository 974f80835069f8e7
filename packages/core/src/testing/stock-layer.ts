import { multiplyRows } from '../array/matrix.js';
import { type NdArray, reshape, sizeOf } from '../array/nd-array.js';
import { inWords } from '../errors/in-words.js';
import type { FusedLayer } from '../plugin/layer-pair-plugin.js';
import { convolve } from '../reference/convolve.js';
import { check } from './check-failed.js';

/** The fused layer's pre-activation from its weights and its input. */
export type Student = (weights: readonly NdArray[], input: NdArray) => NdArray;

const convolutionRanks: Readonly<Record<string, number>> = { Conv1D: 1, Conv2D: 2 };

/**
 * How a `Dense`, `Conv1D` or `Conv2D` of tfjs-layers computes, as its own config has it: its config must be that of a layer
 * which reads the fused layer's geometry, and its weights those that such a layer has.
 *
 * @throws CHECK_FAILED with the entry of the config, or the weight, that doesn't fit; or for another class.
 */
export function stockLayer(fused: FusedLayer, inChannels: number, outFeatures: number): Student {
  const { className, config, geometry } = fused;
  const requireEntry = (name: string, expected: number | readonly number[], otherwise?: number) => {
    const value = config[name] ?? otherwise;
    // tfjs-layers takes a number for every axis.
    const spread = typeof value === 'number' && Array.isArray(expected) ? expected.map(() => value) : value;
    check(
      inWords(spread) === inWords(expected),
      `The config of the fused ${className} has ${name} ${inWords(value)}: ${inWords(expected)} was expected, by the geometry and the output.`,
    );
  };
  check(
    config.dataFormat !== 'channelsFirst',
    `The config of the fused ${className} has dataFormat 'channelsFirst': fused layers are channelsLast.`,
  );
  const biases = config.useBias === false ? 0 : 1;
  const requireWeights = (weights: readonly NdArray[], kernelShape: readonly number[]) => {
    const expected = [kernelShape, [outFeatures]].slice(0, 1 + biases).map(inWords);
    const given = weights.map(({ shape }) => inWords(shape));
    check(
      expected.join() === given.join(),
      `toWeights gives arrays of shapes ${given.join(', ')}; a ${className} of that config has ${expected.join(', ')}.`,
    );
  };
  if (className in convolutionRanks && geometry) {
    const { kernelSize, strides, dilationRate } = geometry;
    check(
      kernelSize.length === convolutionRanks[className],
      `The fused layer is a ${className}, but its geometry has ${kernelSize.length} spatial axes.`,
    );
    requireEntry('filters', outFeatures);
    requireEntry('kernelSize', kernelSize);
    requireEntry('strides', strides, 1);
    requireEntry('dilationRate', dilationRate, 1);
    return (weights, input) => {
      requireWeights(weights, [...kernelSize, inChannels, outFeatures]);
      return convolve(input, weights[0]!, weights[1], geometry);
    };
  }
  check(
    className === 'Dense',
    className in convolutionRanks
      ? `The fused ${className} has geometry null: the window that it slides was expected.`
      : `How a ${className} computes is unknown here: give checkLayerPair a student.`,
  );
  requireEntry('units', outFeatures);
  return (weights, input) => {
    const [samples = 0, ...sample] = input.shape;
    const rows = geometry ? input : reshape(input, [samples, sizeOf(sample)]);
    requireWeights(weights, [rows.shape.at(-1)!, outFeatures]);
    return multiplyRows(rows, weights[0]!, weights[1]);
  };
}
