import {
  convolve,
  depthwiseConvolve,
  type NdArray,
  ndArray,
  type PairMember,
  type PatchGeometry,
  patchGeometry,
} from '@fuseinit/core';
import { checkLayerPair } from '@fuseinit/core/testing';
import { depthwisePointwise } from './depthwise-pointwise.js';

const depthwise = patchGeometry({ inputSize: [7, 8], kernelSize: [3, 3], strides: [2, 2], padding: 'same' });
const pointwise = patchGeometry({ inputSize: depthwise.outputSize, kernelSize: [1, 1] });

/** A layer of the pair, as `fuse` would describe it. */
function member(className: string, geometry: PatchGeometry, inChannels: number, filters: number): PairMember {
  return {
    name: className,
    className,
    config: {},
    inputShape: [...geometry.inputSize, inChannels],
    outputShape: [...geometry.outputSize, filters],
    roles: { begins: true, inside: true, ends: true },
    lowering: { reads: 'window', geometry },
    activation: 'relu',
    geometry,
  };
}

/** Numbers without a pattern that a wrong plugin could share; the same on each run. */
function scattered(shape: readonly number[], seed: number): NdArray {
  const length = shape.reduce((product, size) => product * size, 1);
  return ndArray(
    shape,
    Float64Array.from({ length }, (_, index) => Math.sin(seed + 12.9898 * index * (1 + (index % 7)))),
  );
}

const depthwiseKernel = scattered([3, 3, 3, 1], 1);
const depthwiseBias = scattered([3], 2);
const pointwiseKernel = scattered([1, 1, 3, 4], 3);
const pointwiseBias = scattered([4], 4);

const fused = checkLayerPair(depthwisePointwise, {
  first: member('DepthwiseConv2D', depthwise, 3, 3),
  second: member('Conv2D', pointwise, 3, 4),
  input: scattered([12, 7, 8, 3], 5),
  teacher: (images) =>
    convolve(
      depthwiseConvolve(images, depthwiseKernel, depthwiseBias, depthwise),
      pointwiseKernel,
      pointwiseBias,
      pointwise,
    ),
});
console.log(`${depthwisePointwise.name}: passes, with @fuseinit/core alone; fuses into ${fused.className}`);
