import { type NdArray, sizeOf } from '../array/nd-array.js';
import { activate, elementwiseActivations } from '../reference/activations.js';
import { check, relativeDistance } from './check.js';
import { readsOfInputs } from './check-reads.js';
import { type CheckedLayer, inputScales, largestOf, scaledBy } from './checked-layer.js';

/**
 * Half decades from 1e-8 to 1e6, up and down, so that a threshold on the size of the input falls between two
 * of them.
 */
const fineScales = Array.from({ length: 29 }, (_, step) => 10 ** (step / 2 - 8)).flatMap((scale) => [
  scale,
  -scale,
]);

/** The pre-activations at which a layer that may end a span is tested, however large its bias is. */
const smallOutputs = [1e-2, 1e-3, 1e-4, 1e-5, 1e-6].flatMap((size) => [size, -size]);

/**
 * Checks a layer that may end a span: its pre-activation, computed with `activation: 'linear'` in its config,
 * must be affine in its input, and its output must be the activation of its config applied to it.
 *
 * @param input The packed inputs that were given.
 * @param drawn Packed inputs of either sign, for which it must be as affine as for those given.
 * @throws CHECK_FAILED with the requirement that isn't met.
 */
export function checkEnd(checked: CheckedLayer, input: NdArray, drawn: NdArray): void {
  const { label, layer, lowered, apply } = checked;
  const { activation } = lowered;
  const linear =
    activation === 'linear' ? layer : { ...layer, config: { ...layer.config, activation: 'linear' } };
  const known =
    activation !== 'linear' &&
    (elementwiseActivations.includes(activation) || /^(logS|s)oftmax$/.test(activation));
  const checkActivation = (scale: number) => {
    if (!known) return;
    const some = scaledBy(scale, input);
    const output = apply(layer, some);
    if (output.data.every(Number.isFinite)) {
      const distance = relativeDistance(output, activate(apply(linear, some), activation));
      check(
        distance <= 1e-12,
        `${label} may end a span, but its output isn't its output with activation 'linear' through '${activation}': at inputs ${scale} times those given they differ by ${distance} of the largest.`,
      );
    }
  };
  for (const scale of inputScales.flatMap((size) => [size, -size])) checkActivation(scale);
  const preActivation = (some: NdArray) => apply(linear, some);
  for (const some of [input, drawn]) checkAffine(label, preActivation, some);
  const at = combining(preActivation, input);
  const zero = at(() => 0);
  const unit = at((first) => first);
  for (const [index, origin] of zero.entries()) {
    const slope = unit[index]! - origin;
    // A slope that is all rounding gives no input at which the output is small.
    if (Math.abs(slope) <= 1e-6 * Math.max(largestOf(unit), largestOf(zero))) continue;
    for (const wanted of smallOutputs) {
      const scale = (wanted - origin) / slope;
      const found = at((first) => scale * first)[index]!;
      checkActivation(scale);
      const rounding = 1e-10 * Math.max(largestOf(zero), Math.abs(scale) * largestOf(unit));
      check(
        // Where rounding hides the output itself, nothing is learned from it.
        rounding > Math.abs(wanted) / 10 || Math.abs(found - wanted) <= rounding,
        `${label} may end a span, but before its activation it isn't affine: output ${index} is ${found} where its slope gives ${wanted}.`,
      );
    }
  }
  checkSameAtAllPositions(checked, preActivation, sizeOf(input.shape.slice(1)));
}

/** Runs a function on combinations of the first two samples, number by number. */
function combining(
  preActivation: (input: NdArray) => NdArray,
  { shape: [, ...sample], data }: NdArray,
): (combine: (first: number, second: number) => number) => Float64Array {
  const size = sizeOf(sample);
  return (combine) =>
    preActivation({
      shape: [1, ...sample],
      data: Float64Array.from({ length: size }, (_, index) => combine(data[index]!, data[size + index]!)),
    }).data;
}

/** Checks that a pre-activation is affine on multiples of two samples and of their sum. */
function checkAffine(label: string, preActivation: (input: NdArray) => NdArray, input: NdArray): void {
  const at = combining(preActivation, input);
  const zero = at(() => 0);
  const unit = at((first) => first);
  for (const scale of fineScales) {
    const [first, second, both] = [
      at((a) => scale * a),
      at((_, b) => scale * b),
      at((a, b) => scale * (a + b)),
    ];
    // Allows for the rounding of sums whose terms may be a thousand times as large as the result.
    const rounding =
      1e-10 * Math.max(...[first, second, both, zero].map(largestOf), Math.abs(scale) * largestOf(unit));
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

/**
 * Checks that the pre-activation of a layer that may end a span is the same function at each position, as
 * that of the fused layer is: one bias for all positions, and one kernel for all that read the same part of
 * their window inside the input. An average pooling divides by fewer numbers at a border, so others aren't
 * compared.
 */
function checkSameAtAllPositions(
  { label, lowered }: CheckedLayer,
  preActivation: (input: NdArray) => NdArray,
  size: number,
): void {
  const channels = lowered.outputShape.at(-1)!;
  const at = (index: number): Float64Array => {
    const data = new Float64Array(size);
    if (index >= 0) data[index] = 1;
    return preActivation({ shape: [1, size], data }).data;
  };
  const origin = at(-1);
  // Sums in another order round otherwise.
  const isApart = (a: number, b: number, most: number) => !(Math.abs(a - b) <= 1e-10 * most);
  for (const { start, inputPositions, inputChannels, taps } of readsOfInputs(lowered)) {
    if (taps) {
      origin.forEach((value, place) => {
        check(
          !isApart(value, origin[place % channels]!, largestOf(origin)),
          `${label} may end a span, but its bias depends on the position: for an input of zeros channel ${place % channels} is ${origin[place % channels]} at position 0 and ${value} at position ${Math.floor(place / channels)}.`,
        );
      });
      const responses = Array.from({ length: inputPositions * inputChannels }, (_, element) =>
        at(start + element).map((value, place) => value - origin[place]!),
      );
      const most = Math.max(largestOf(origin), ...responses.map(largestOf));
      const first = new Map<string, number>();
      for (const [position, reads] of taps.entries()) {
        const inside = reads.map((from) => (from >= 0 ? 1 : 0)).join('');
        const model = first.get(inside) ?? position;
        first.set(inside, model);
        for (const [tap, from] of reads.entries()) {
          for (let place = 0; from >= 0 && place < inputChannels * channels; place++) {
            const [input, channel] = [Math.floor(place / channels), place % channels];
            const here = responses[from * inputChannels + input]![position * channels + channel]!;
            const there = responses[taps[model]![tap]! * inputChannels + input]![model * channels + channel]!;
            check(
              !isApart(here, there, most),
              `${label} may end a span, but its kernel depends on the position: at kernel position ${tap} channel ${channel} takes ${there} times input channel ${input} at position ${model}, and ${here} times at position ${position}.`,
            );
          }
        }
      }
    }
  }
}
