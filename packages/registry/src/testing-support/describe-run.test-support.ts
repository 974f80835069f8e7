import type { LayerDescription } from '@fuseinit/core';
import type { Registry } from '../create-registry.js';

export type Step = readonly [className: string, config?: Readonly<Record<string, unknown>>];

/** Layers in a row, each reading what the one before writes; named by their place, `0_Conv2D`. */
export function describeRun(
  registry: Registry,
  inputShape: readonly number[],
  ...steps: readonly Step[]
): LayerDescription[] {
  let shape = inputShape;
  return steps.map(([className, config = {}], index) => {
    const layer = { name: `${index}_${className}`, className, config, inputShape: shape };
    shape = registry.lower(layer).outputShape;
    return layer;
  });
}
