import { type NdArray, sizeOf } from '../array/nd-array.js';
import { FuseInitError, inWords } from '../errors/fuse-init-error.js';
import { patchOffsets } from '../geometry/extract-patches.js';
import { positionCount } from '../geometry/patch-geometry.js';
import { type AffineForm, applyAffineForm } from '../plugin/affine-form.js';
import { lowerLayer } from '../plugin/call-plugin.js';
import {
  defineLayer,
  type LayerPlugin,
  type LoweredLayer,
  type Lowering,
  type WeightedLayer,
} from '../plugin/layer-plugin.js';
import { activate, elementwiseActivations } from '../reference/activations.js';
import { check, failed, relativeDistance } from './check.js';

/** The plugin and the cases that {@link checkLayer} checks. */
export interface CheckLayerOptions {
  /** A layer of the plugin's class, with weights that aren't symmetric or zero. */
  readonly layer: WeightedLayer;
  /** Test inputs [batch, ...layer.inputShape], at least two samples. */
  readonly input: NdArray;
  /**
   * The inputs after the first, for a layer that reads several, each [batch, ...layer.otherInputShapes[i]].
   */
  readonly otherInputs?: readonly NdArray[];
}

/**
 * The multiples of the given inputs that are tested, so that a threshold on the input doesn't go unnoticed.
 */
const scales = [1e-8, 1e-5, 1e-3, 0.1, 1, 30, 1e3, 1e6];

/**
 * Tests a layer plugin on one layer. The declared output shape must be the computed one, results must be
 * repeatable, samples must not affect each other, nothing may be changed in place, and each output must
 * depend on exactly the inputs that the lowering declares, with no position ignored. A layer that may end a
 * span must be affine up to its activation, with one kernel and one bias for all positions. An affine form
 * must agree with the layer for small and for large inputs, and a mask must have a number for each time step.
 *
 * It doesn't depend on a test runner and can be called in any test.
 *
 * @throws CHECK_FAILED with the requirement that isn't met.
 */
export function checkLayer(
  plugin: LayerPlugin,
  { layer, input: firstInput, otherInputs = [] }: CheckLayerOptions,
): void {
  const label = `${layer.className} ${JSON.stringify(layer.name)}`;
  try {
    defineLayer(plugin);
    check(plugin.classNames.includes(layer.className), `${label} is not of a class of this plugin.`);
    check(plugin.apply !== undefined, `${label} has no apply: what it computes can't be compared.`);
    const lowered = lowerLayer(plugin, layer);
    const inputs = [firstInput, ...otherInputs];
    requireInputs(label, lowered, inputs);
    const input = packed(inputs);
    const apply = strictly(plugin, label, lowered);
    const output = apply(layer, input);
    check(output.data.every(Number.isFinite), `${label} gave NaN or Infinity for finite inputs.`);
    check(isSame(apply(layer, input), output), `${label} gave another output for the same input.`);
    checkSamplesApart(label, apply, layer, input, output);
    checkReads(label, apply, layer, lowered, input);
    if (lowered.roles.ends) checkEnd(label, apply, layer, lowered, input);
    const form = plugin.affine?.(layer);
    if (form) checkForm(label, apply, layer, form, inputs);
    if (plugin.makeMask)
      checkMask(
        label,
        plugin.makeMask(
          layer,
          inputs,
          inputs.map(() => undefined),
        ),
        output,
      );
  } catch (cause) {
    if (!FuseInitError.isInstance(cause)) throw failed(`${label}: ${String(cause)}`, cause);
    throw cause.code === 'CHECK_FAILED' ? cause : failed(cause.message, cause);
  }
}

/** Checks that the affine form computes the same as the layer, for small inputs and for large ones. */
function checkForm(
  label: string,
  apply: Apply,
  layer: WeightedLayer,
  form: AffineForm,
  inputs: readonly NdArray[],
): void {
  for (const scale of scales) {
    const scaled = inputs.map(({ shape, data }) => ({ shape, data: data.map((value) => scale * value) }));
    const output = apply(layer, packed(scaled));
    if (!output.data.every(Number.isFinite)) continue;
    const distance = relativeDistance(applyAffineForm(form, scaled[0]!), output);
    // Sums in another order round otherwise.
    check(
      distance <= 1e-12,
      `${label} computes another output than its affine form: at inputs ${scale} times those given they differ by ${distance} of the largest.`,
    );
  }
}

/** Checks that a mask has a number for each time step of each sample of the output. */
function checkMask(label: string, mask: NdArray | undefined, { shape }: NdArray): void {
  if (mask === undefined) return;
  const [samples = 0, steps = 0] = shape;
  check(
    inWords(mask.shape) === inWords([samples, steps]) && mask.data?.length === samples * steps,
    `${label} makes a mask of ${inWords(mask.shape)} with ${mask.data?.length} numbers: [${samples}, ${steps}] was expected, a number for each step of its output.`,
  );
}

function requireInputs(label: string, lowered: LoweredLayer, inputs: readonly NdArray[]): void {
  const shapes = shapesOf(lowered);
  check(
    inputs.length === shapes.length,
    `${label} was given ${inputs.length} inputs, where ${shapes.length} were expected.`,
  );
  for (const [index, { shape, data }] of inputs.entries()) {
    const [samples = 0, ...sample] = shape;
    check(
      samples >= 2 && sample.join() === shapes[index]!.join() && data.length === sizeOf(shape),
      `${label} was given an input of ${inWords(shape)} with ${data.length} numbers: [2 or more, ${shapes[index]}] were expected.`,
    );
  }
}

function shapesOf({ inputShape, otherInputShapes = [] }: LoweredLayer): (readonly number[])[] {
  return [inputShape, ...otherInputShapes];
}

/**
 * Packs the inputs of a layer into one array with a row for each sample, so that every check deals with a
 * single input.
 */
function packed(inputs: readonly NdArray[]): NdArray {
  const samples = inputs[0]!.shape[0]!;
  const sizes = inputs.map(({ shape }) => sizeOf(shape.slice(1)));
  const rows = Array.from({ length: samples }, (_, sample) =>
    inputs.map(({ data }, index) => [...data.slice(sample * sizes[index]!, (sample + 1) * sizes[index]!)]),
  );
  const size = sizes.reduce((sum, each) => sum + each, 0);
  return { shape: [samples, size], data: Float64Array.from(rows.flat(2)) };
}

function unpacked({ shape: [samples = 0, size = 0], data }: NdArray, lowered: LoweredLayer): NdArray[] {
  let start = 0;
  return shapesOf(lowered).map((shape) => {
    const own = sizeOf(shape);
    const values = new Float64Array(samples * own);
    for (let sample = 0; sample < samples; sample++)
      values.set(data.subarray(sample * size + start, sample * size + start + own), sample * own);
    start += own;
    return { shape: [samples, ...shape], data: values };
  });
}

/** The plugin's `apply`, wrapped to check the declared output shape and that nothing is changed in place. */
function strictly(plugin: LayerPlugin, label: string, lowered: LoweredLayer): Apply {
  return (layer, input) => {
    const [first, ...others] = unpacked(input, lowered);
    const arrays = [first!, ...others, ...layer.weights];
    const kept = arrays.map(({ data }) => data.slice());
    const output = plugin.apply?.(layer, first!, ...others) as Partial<NdArray> | undefined;
    check(
      arrays.every(({ data }, index) => data.every((value, at) => Object.is(value, kept[index]![at]))),
      `${label} changed its input or its weights in place.`,
    );
    const expected = [input.shape[0]!, ...lowered.outputShape];
    check(
      inWords(output?.shape) === inWords(expected) && output?.data?.length === sizeOf(expected),
      `${label} declares an output of [${expected}] and computes ${inWords(output?.shape)} with ${output?.data?.length} numbers.`,
    );
    return output as NdArray;
  };
}

function checkSamplesApart(
  label: string,
  apply: Apply,
  layer: WeightedLayer,
  input: NdArray,
  output: NdArray,
): void {
  for (let sample = 0; sample < input.shape[0]!; sample++) {
    const alone = apply(layer, sampleOf(input, sample));
    const among = sampleOf(output, sample);
    const differs = alone.data.some((value, index) => {
      const other = among.data[index]!;
      // Sums in another order round otherwise.
      return !(Math.abs(value - other) <= 1e-12 * (Math.abs(value) + Math.abs(other)));
    });
    check(!differs, `${label} mixes samples: sample ${sample} alone gives another output than among others.`);
  }
}

/** Changes each number of a sample in turn, up and down, and records which output positions change. */
function checkReads(
  label: string,
  apply: Apply,
  layer: WeightedLayer,
  lowered: LoweredLayer,
  input: NdArray,
): void {
  const outputPositions = sizeOf(lowered.outputShape.slice(0, -1));
  const outputChannels = lowered.outputShape.at(-1)!;
  for (const { start, inputPositions, inputChannels, taps } of readsOfInputs(lowered)) {
    const moves = Array.from({ length: outputPositions }, () => new Set<number>());
    for (const scale of scales) {
      const sample = scaled(sampleOf(input, 0), scale);
      // Large enough to make the changed number the largest or the smallest of all.
      const far = 10 * sample.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0) + scale;
      const before = apply(layer, sample);
      for (let at = 0; at < inputPositions * inputChannels; at++) {
        const inputPosition = Math.floor(at / inputChannels);
        for (const change of [far, -far]) {
          const data = sample.data.slice();
          data[start + at]! += change;
          apply(layer, { shape: sample.shape, data }).data.forEach((value, place) => {
            if (Object.is(value, before.data[place])) return;
            const position = Math.floor(place / outputChannels);
            check(
              taps === null || taps[position]!.includes(inputPosition),
              `${label}: output position ${position} changed with input position ${inputPosition}, which its lowering says it doesn't read.`,
            );
            moves[position]!.add(inputPosition);
          });
        }
      }
    }
    if (taps) {
      checkAllRead(label, taps, moves);
      checkNoneIgnored(label, taps, moves);
    } else checkAllMove(label, inputPositions, moves);
    if (!taps && inputPositions === outputPositions && inputPositions > 1) {
      check(
        moves.some((moved, position) => [...moved].some((from) => from !== position)),
        `${label}: its lowering reads 'everything', but each output position changed with the same input position alone: that is 'element'.`,
      );
    }
  }
}

/**
 * Checks that every kernel position is read. A kernel position applies to all output positions, so it counts
 * as read if any output changes with the input that it reads there.
 */
function checkAllRead(
  label: string,
  taps: readonly (readonly number[])[],
  moves: readonly ReadonlySet<number>[],
): void {
  for (let tap = 0; tap < taps[0]!.length; tap++) {
    const inside = taps.flatMap((of, position) => (of[tap]! >= 0 ? [{ position, from: of[tap]! }] : []));
    check(
      inside.length === 0 || inside.some(({ position, from }) => moves[position]!.has(from)),
      `${label}: its lowering says that kernel position ${tap} of its window is read, but no output changed with what stands there: the window is too wide, or a weight is 0.`,
    );
  }
}

/** Checks that some output changes with each input position of a layer that reads everything. */
function checkAllMove(label: string, inputPositions: number, moves: readonly ReadonlySet<number>[]): void {
  for (let from = 0; from < inputPositions; from++) {
    check(
      moves.some((moved) => moved.has(from)),
      `${label}: its lowering reads 'everything', but no output changed with input position ${from}: that position is ignored.`,
    );
  }
}

/** Checks that each output position whose window holds any of the input changes with something there. */
function checkNoneIgnored(
  label: string,
  taps: readonly (readonly number[])[],
  moves: readonly ReadonlySet<number>[],
): void {
  for (const [position, reads] of taps.entries()) {
    check(
      moves[position]!.size > 0 || reads.every((from) => from < 0),
      `${label}: its lowering says that output position ${position} reads its input, but it changed with nothing there: that position is ignored.`,
    );
  }
}

/** What a layer reads of one of its inputs. */
interface InputReads {
  /** The index of the input's first element in a sample, which has the elements of all inputs. */
  readonly start: number;
  readonly inputPositions: number;
  readonly inputChannels: number;
  /** As {@link readsOf} returns them. */
  readonly taps: readonly (readonly number[])[] | null;
}

function readsOfInputs(lowered: LoweredLayer): InputReads[] {
  const lowerings = [lowered.lowering, ...(lowered.otherLowerings ?? [])];
  let start = 0;
  return shapesOf(lowered).map((shape, index) => {
    const inputPositions = sizeOf(shape.slice(0, -1));
    const taps = readsOf(lowerings[index]!, inputPositions);
    const reads = { start, inputPositions, inputChannels: shape.at(-1)!, taps };
    start += sizeOf(shape);
    return reads;
  });
}

/**
 * The input position that each output position reads at each kernel position, -1 outside the input; null
 * where all are read.
 */
function readsOf(lowering: Lowering, inputPositions: number): readonly (readonly number[])[] | null {
  if (lowering.reads === 'everything') return null;
  if (lowering.reads === 'element') {
    return Array.from({ length: inputPositions }, (_, position) => [position]);
  }
  const offsets = Array.from(patchOffsets(lowering.geometry));
  const positions = positionCount(lowering.geometry);
  const taps = offsets.length / positions;
  return Array.from({ length: positions }, (_, at) => offsets.slice(at * taps, (at + 1) * taps));
}

function sampleOf({ shape, data }: NdArray, sample: number): NdArray {
  const size = sizeOf(shape.slice(1));
  return { shape: [1, ...shape.slice(1)], data: data.slice(sample * size, (sample + 1) * size) };
}

function scaled({ shape, data }: NdArray, scale: number): NdArray {
  return { shape, data: data.map((value) => scale * value) };
}

function isSame(first: NdArray, second: NdArray): boolean {
  return first.data.every((value, index) => Object.is(value, second.data[index]));
}

/** Runs a layer at inference: [batch, elements of all inputs of a sample] to [batch, ...outputShape]. */
type Apply = (layer: WeightedLayer, input: NdArray) => NdArray;

/** Half decades from 1e-8 to 1e6, so that a threshold on the size of the input falls between two of them. */
const inputScales = Array.from({ length: 29 }, (_, step) => 10 ** (step / 2 - 8));

/** The pre-activations at which a layer that may end a span is tested, however large its bias is. */
const smallOutputs = [1e-2, 1e-3, 1e-4, 1e-5, 1e-6].flatMap((size) => [size, -size]);

/**
 * Checks a layer that may end a span: its pre-activation, computed with `activation: 'linear'` in its config,
 * must be affine in its input, and its output must be the activation of its config applied to it.
 *
 * @throws CHECK_FAILED with the requirement that isn't met.
 */
function checkEnd(
  label: string,
  apply: Apply,
  layer: WeightedLayer,
  lowered: LoweredLayer,
  input: NdArray,
): void {
  const { activation } = lowered;
  const linear =
    activation === 'linear' ? layer : { ...layer, config: { ...layer.config, activation: 'linear' } };
  const known = elementwiseActivations.includes(activation) || /^(logS|s)oftmax$/.test(activation);
  const checkActivation = (scale: number) => {
    if (!known) return;
    const some = scaled(input, scale);
    const output = apply(layer, some);
    if (output.data.every(Number.isFinite)) {
      const distance = relativeDistance(output, activate(apply(linear, some), activation));
      check(
        distance <= 1e-12,
        `${label} may end a span, but its output isn't its output with activation 'linear' through '${activation}': at inputs ${scale} times those given they differ by ${distance} of the largest.`,
      );
    }
  };
  for (const scale of scales) checkActivation(scale);
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
  for (const scale of inputScales) {
    const [first, second, both] = [
      at((a) => scale * a),
      at((_, b) => scale * b),
      at((a, b) => scale * (a + b)),
    ];
    // Allows for the rounding of sums whose terms may be a thousand times as large as the result.
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
  for (const [index, origin] of zero.entries()) {
    const slope = unit[index]! - origin;
    // A slope that is all rounding gives no input at which the output is small.
    if (Math.abs(slope) <= 1e-6 * Math.max(largest(unit), largest(zero))) continue;
    for (const wanted of smallOutputs) {
      const scale = (wanted - origin) / slope;
      const found = at((first) => scale * first)[index]!;
      checkActivation(scale);
      const rounding = 1e-10 * Math.max(largest(zero), Math.abs(scale) * largest(unit));
      check(
        // Where rounding hides the output itself, nothing is learned from it.
        rounding > Math.abs(wanted) / 10 || Math.abs(found - wanted) <= rounding,
        `${label} may end a span, but before its activation it isn't affine: output ${index} is ${found} where its slope gives ${wanted}.`,
      );
    }
  }
  checkSameAtAllPositions(label, (some) => apply(linear, some), lowered, input.shape);
}

/**
 * Checks that the pre-activation of a layer that may end a span is the same function at each position, as
 * that of the fused layer is: one bias for all positions, and one kernel for all that read the same part of
 * their window inside the input. An average pooling divides by fewer numbers at a border, so others aren't
 * compared.
 */
function checkSameAtAllPositions(
  label: string,
  preActivation: (input: NdArray) => NdArray,
  lowered: LoweredLayer,
  inputShape: readonly number[],
): void {
  const channels = lowered.outputShape.at(-1)!;
  const size = sizeOf(inputShape.slice(1));
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
          !isApart(value, origin[place % channels]!, largest(origin)),
          `${label} may end a span, but its bias depends on the position: for an input of zeros channel ${place % channels} is ${origin[place % channels]} at position 0 and ${value} at position ${Math.floor(place / channels)}.`,
        );
      });
      const responses = Array.from({ length: inputPositions * inputChannels }, (_, element) =>
        at(start + element).map((value, place) => value - origin[place]!),
      );
      const most = Math.max(largest(origin), ...responses.map(largest));
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

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
