import type { NdArray, WeightedLayer } from '@fuseinit/core';
import { randomArray } from '@fuseinit/core/testing';

/** One config of a layer to check, and how it is called in the test's output. */
export type LayerCase = readonly [title: string, layer: WeightedLayer];

/** A layer with random weights of these shapes; an array given as it is stays as it is. */
export function layerCase(
  className: string,
  config: Readonly<Record<string, unknown>>,
  inputShape: readonly number[],
  weights: readonly (readonly number[] | NdArray)[] = [],
): LayerCase {
  const arrays = weights.map((weight, index) => ('data' in weight ? weight : randomArray(index + 1, weight)));
  const name = className.toLowerCase();
  const title = `${className} ${JSON.stringify(config)} on [${inputShape}]`;
  return [title, { name, className, config, inputShape, weights: arrays }];
}
