import type { NdArray } from '../array/nd-array.js';
import { sizeOf } from '../array/nd-array.js';
import { patchOffsets } from '../geometry/extract-patches.js';
import { positionCount } from '../geometry/patch-geometry.js';
import type { WeightedLayer } from '../plugin/layer-description.js';
import type { LayerPlugin } from '../plugin/layer-plugin.js';
import { check } from './check-failed.js';

export interface CheckLayerOptions {
  /** A layer of the plugin's class, with weights that aren't symmetric or zero. */
  readonly layer: WeightedLayer;
  /** Inputs to try, two samples or more: [batch, ...layer.inputShape]. */
  readonly input: NdArray;
}

/**
 * Proves a layer plugin on one layer: the shape it declares is the shape it computes, samples don't mix, nothing is
 * changed in place, and each output depends on nothing but what the lowering says is read.
 *
 * Free of any test runner: call it in a test of any kind.
 *
 * @throws CHECK_FAILED with the law that doesn't hold.
 */
export function checkLayer(plugin: LayerPlugin, { layer, input }: CheckLayerOptions): void {
  const label = `${layer.className} ${JSON.stringify(layer.name)}`;
  check(plugin.classNames.includes(layer.className), `${label} is not of a class of this plugin.`);
  const kept = input.data.slice();
  const output = plugin.apply(layer, input);
  check(same(kept, input.data), `${label} changed its input in place.`);
  check(output.data.every(Number.isFinite), `${label} gave NaN or Infinity for finite inputs.`);

  const expectedShape = [input.shape[0]!, ...plugin.outputShape(layer)];
  check(
    output.shape.join() === expectedShape.join(),
    `${label} declares an output of [${expectedShape}] and computes [${output.shape}].`,
  );

  const reads = readsOf(plugin, layer);
  const sampleSize = sizeOf(input.shape.slice(1));
  for (let at = 0; at < sampleSize; at++) {
    const nudged = { shape: input.shape, data: input.data.slice() };
    nudged.data[at]! += 1 + Math.abs(nudged.data[at]!);
    const moved = plugin.apply(layer, nudged);
    const channels = output.shape.at(-1)!;
    const positions = sizeOf(output.shape.slice(1, -1));
    const inputPosition = Math.floor(at / input.shape.at(-1)!);
    output.data.forEach((value, index) => {
      if (moved.data[index] === value) return;
      const sample = Math.floor(index / (positions * channels));
      check(sample === 0, `${label} mixes samples: a change in sample 0 changed sample ${sample}.`);
      const position = Math.floor(index / channels);
      check(
        reads(position, inputPosition),
        `${label}: output position ${position} changed with input position ${inputPosition}, which its lowering says it doesn't read.`,
      );
    });
  }
}

function readsOf(plugin: LayerPlugin, layer: WeightedLayer): (output: number, input: number) => boolean {
  const lowering = plugin.lower(layer);
  if (lowering.reads === 'everything') return () => true;
  if (lowering.reads === 'element') return (output, input) => output === input;
  const { geometry } = lowering;
  const sizes = [layer.inputShape, plugin.outputShape(layer)].map((shape) => shape.slice(0, -1));
  check(
    sizes.join(' to ') === [geometry.inputSize, geometry.outputSize].join(' to '),
    `${layer.className} ${JSON.stringify(layer.name)} slides over [${sizes.join('] to [')}], but its lowering over [${geometry.inputSize}] to [${geometry.outputSize}].`,
  );
  const offsets = patchOffsets(geometry);
  const taps = offsets.length / positionCount(geometry);
  return (output, input) => offsets.subarray(output * taps, (output + 1) * taps).includes(input);
}

function same(first: Float64Array, second: Float64Array): boolean {
  return first.every((value, index) => value === second[index]);
}
