import { type NdArray, sizeOf } from '../array/nd-array.js';
import type { WeightedLayer } from '../plugin/layer-description.js';
import { activate, elementwiseActivations } from '../reference/activations.js';
import { check, relativeDistance } from './check-failed.js';

/** A layer at inference: [batch, ...inputShape] to [batch, ...outputShape]. */
export type Apply = (layer: WeightedLayer, input: NdArray) => NdArray;

/** Half decades from 1e-4 to 1e6: a threshold on the size of the input shows between two of them. */
const scales = Array.from({ length: 21 }, (_, step) => 10 ** (step / 2 - 4));

/**
 * Holds a layer that may end a span to what its role says: its pre-activation, as it computes it with `activation: 'linear'`
 * in its config, is affine in its input, and its output is that through the activation of its config.
 *
 * @throws CHECK_FAILED with what doesn't hold.
 */
export function checkEnd(
  label: string,
  apply: Apply,
  layer: WeightedLayer,
  activation: string,
  input: NdArray,
): void {
  const linear =
    activation === 'linear' ? layer : { ...layer, config: { ...layer.config, activation: 'linear' } };
  const known = elementwiseActivations.includes(activation) || /^(logS|s)oftmax$/.test(activation);
  if (known) {
    const distance = relativeDistance(apply(layer, input), activate(apply(linear, input), activation));
    check(
      distance <= 1e-12,
      `${label} may end a span, but its output isn't its output with activation 'linear' through '${activation}': they differ by ${distance} of the largest.`,
    );
  }
  const size = sizeOf(input.shape.slice(1));
  const shape = [1, ...input.shape.slice(1)];
  const at = (combine: (first: number, second: number) => number): Float64Array => {
    const data = Float64Array.from({ length: size }, (_, index) =>
      combine(input.data[index]!, input.data[size + index]!),
    );
    return apply(linear, { shape, data }).data;
  };
  const zero = at(() => 0);
  const unit = at((first) => first);
  for (const scale of scales) {
    const [first, second, both] = [
      at((a) => scale * a),
      at((_, b) => scale * b),
      at((a, b) => scale * (a + b)),
    ];
    // Rounding of sums whose terms may be a thousand times what is left of them.
    const rounding = 1e-10 * Math.max(...[first, second, both, zero].map(largest), scale * largest(unit));
    for (const [index, origin] of zero.entries()) {
      const [f, g, sum] = [first[index]! - origin, second[index]! - origin, both[index]! - origin];
      const slope = scale * (unit[index]! - origin);
      check(
        Math.abs(f + g - sum) <= rounding && Math.abs(f - slope) <= rounding,
        `${label} may end a span, but before its activation it isn't affine: at inputs ${scale.toPrecision(2)} times those given, f(a + b) - f(0) is ${sum} and f(a) + f(b) - 2 f(0) is ${f + g}; f(${scale.toPrecision(2)} a) - f(0) is ${f}, and ${slope} by the slope at a.`,
      );
    }
  }
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
