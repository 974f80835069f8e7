import {
  applyLayer,
  type BackendAdapter,
  type NdArray,
  ndArray,
  solveAffine,
  type WeightedLayer,
} from '@fuseinit/core';
import { lowerSpan, type Registry } from '@fuseinit/registry';
import { geometryText, relativeError } from './compare.js';
import type { GoldenCase } from './golden-case.js';

/** How far the library is from the oracle; distances relative to the norm of the expected array. */
export interface GoldenResult {
  readonly name: string;
  readonly geometryEqual: boolean;
  readonly preActivationError: number;
  readonly kernelError: number;
  readonly biasError: number;
  /** Absolute: a relative MSE is relative already. */
  readonly relativeMseError: number;
}

/** Runs one golden case through registry, patches, moments and solver. */
export async function runGoldenCase(
  golden: GoldenCase,
  registry: Registry,
  backend: BackendAdapter,
): Promise<GoldenResult> {
  const input = toNdArray(golden.input);
  const { layers, preActivation } = runTeacher(golden, registry, input);
  const { expected } = golden;
  const { fused } = lowerSpan(registry, layers, expected.geometry?.kernelSize);
  const moments = await backend.patchMoments(input, preActivation, fused.geometry);
  const solution = solveAffine(moments, {
    ridge: golden.ridge,
    standardize: false,
    channelCoupling: golden.channelCoupling,
    inChannels: input.shape.at(-1)!,
  });
  const [kernel, bias] = fused.toWeights({ kernel: solution.kernel, bias: solution.bias });
  const firstSamples = golden.teacher.preActivation;
  return {
    name: golden.name,
    geometryEqual: geometryText(fused.geometry) === geometryText(expected.geometry),
    preActivationError: relativeError(
      { shape: firstSamples.shape, data: preActivation.data.subarray(0, firstSamples.data.length) },
      toNdArray(firstSamples),
    ),
    kernelError: relativeError(kernel!, toNdArray(expected.kernel)),
    biasError: relativeError(bias!, toNdArray(expected.bias)),
    relativeMseError: Math.abs(solution.relativeMse - expected.relativeMse),
  };
}

function runTeacher(
  golden: GoldenCase,
  registry: Registry,
  input: NdArray,
): { layers: WeightedLayer[]; preActivation: NdArray } {
  const layers: WeightedLayer[] = [];
  let features = input;
  golden.span.forEach(({ className, config, weights = [] }, index) => {
    const name = `${index}_${className}`;
    const layer = {
      name,
      className,
      config,
      inputShape: features.shape.slice(1),
      weights: weights.map(toNdArray),
    };
    layers.push(layer);
    const isLast = index === golden.span.length - 1;
    const run = isLast ? { ...layer, config: { ...config, activation: 'linear' } } : layer;
    features = applyLayer(registry.plugin(className), run, [features])[0]!;
  });
  return { layers, preActivation: features };
}

function toNdArray({ shape, data }: { shape: readonly number[]; data: readonly number[] }): NdArray {
  return ndArray(shape, data);
}
