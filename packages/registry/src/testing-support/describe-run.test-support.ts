import type { LayerDescription } from '@fuseinit/core';
import type { Registry } from '../create-registry.js';

export type Step = readonly [className: string, config?: Readonly<Record<string, unknown>>];

/**
 * Describes consecutive layers, each reading the output of the one before. They are named by position and
 * class, such as `0_Conv2D`.
 */
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
