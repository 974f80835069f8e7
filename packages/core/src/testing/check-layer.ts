import { type NdArray, sizeOf } from '../array/nd-array.js';
import { FuseInitError, inWords } from '../errors/fuse-init-error.js';
import { type AffineForm, applyAffineForm } from '../plugin/affine-form.js';
import { lowerLayer } from '../plugin/call-plugin.js';
import {
  defineLayer,
  type LayerDescription,
  type LayerPlugin,
  type LoweredLayer,
  type WeightedLayer,
} from '../plugin/layer-plugin.js';
import { check, failed, randomArray, relativeDistance } from './check.js';
import { checkEnd } from './check-end.js';
import { checkReads } from './check-reads.js';
import {
  type CheckedLayer,
  inputScales,
  inputShapesOf,
  isSame,
  packed,
  sampleOf,
  scaledBy,
  strictly,
  unpacked,
} from './checked-layer.js';

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
  /**
   * The indices of the weights that the layer doesn't read at inference, such as a counter of steps. All
   * others must change its output. Default: none.
   */
  readonly unusedWeights?: readonly number[];
}

/**
 * Tests a layer plugin on one layer. The declared output shape must be the computed one, results must be
 * repeatable, samples must not affect each other, nothing may be changed in place, and each output must
 * depend on exactly the inputs that the lowering declares, with no position ignored. Every weight must matter
 * for the output, and the lowering must not need the weights. A layer that may end a span must be affine up
 * to its activation, with one kernel and one bias for all positions. An affine form must agree with the layer
 * for small and for large inputs of either sign, and a mask must have a 0 or a 1 for each time step.
 *
 * It compares a plugin with itself, since it has no TensorFlow.js: `checkLayerInModel` of
 * `@fuseinit/tfjs/testing` compares it with the layer.
 *
 * It doesn't depend on a test runner and can be called in any test.
 *
 * @throws CHECK_FAILED with the requirement that isn't met.
 */
export function checkLayer(plugin: LayerPlugin, options: CheckLayerOptions): void {
  const { className, name } = options.layer;
  const label = `${className} ${JSON.stringify(name)}`;
  try {
    proveLayer(label, plugin, options);
  } catch (cause) {
    if (!FuseInitError.isInstance(cause)) throw failed(`${label}: ${String(cause)}`, cause);
    throw cause.code === 'CHECK_FAILED' ? cause : failed(cause.message, cause);
  }
}

function proveLayer(
  label: string,
  plugin: LayerPlugin,
  { layer, input: firstInput, otherInputs = [], unusedWeights = [] }: CheckLayerOptions,
): void {
  defineLayer(plugin);
  check(plugin.classNames.includes(layer.className), `${label} is not of a class of this plugin.`);
  check(plugin.apply !== undefined, `${label} has no apply: what it computes can't be compared.`);
  const described = JSON.stringify(descriptionOf(layer));
  const lowered = lowerRepeatably(label, plugin, layer);
  const inputs = [firstInput, ...otherInputs];
  requireInputs(label, lowered, inputs);
  const input = packed(inputs);
  const apply = strictly(plugin, label, lowered);
  const checked: CheckedLayer = { label, layer, lowered, apply };
  const output = apply(layer, input);
  check(output.data.every(Number.isFinite), `${label} gave NaN or Infinity for finite inputs.`);
  check(isSame(apply(layer, input), output), `${label} gave another output for the same input.`);
  checkNumbers(checked, input);
  checkSamplesApart(checked, input, output);
  checkReads(checked, input);
  checkWeights(checked, input, unusedWeights);
  const drawn = randomArray(103, [2, input.shape[1]!]);
  if (lowered.roles.ends) checkEnd(checked, input, drawn);
  const form = plugin.affine?.(layer);
  if (form) for (const some of [input, drawn]) checkForm(checked, form, some);
  if (plugin.makeMask) {
    const masks = inputs.map(() => undefined);
    checkMask(label, plugin.makeMask(layer, inputs, masks), output);
  }
  check(
    JSON.stringify(descriptionOf(layer)) === described,
    `${label}: the plugin changed the layer's config or its shapes in place.`,
  );
}

function descriptionOf({ weights: _, mask: __, ...description }: WeightedLayer): LayerDescription {
  return description;
}

/**
 * Lowers the layer by its description alone, since `findSpans` and `fuse` have nothing else, and twice, since
 * they rely on the same answer.
 */
function lowerRepeatably(label: string, plugin: LayerPlugin, layer: WeightedLayer): LoweredLayer {
  const lowered = lowerLayer(plugin, descriptionOf(layer));
  const again = lowerLayer(plugin, descriptionOf(layer));
  check(
    JSON.stringify(lowered) === JSON.stringify(again),
    `${label}: lower or outputShape gave another answer for the same layer the second time.`,
  );
  return lowered;
}

/**
 * Checks that multiples of the given inputs that are small enough for an exponential give no NaN. Negative
 * ones may, as those of a logarithm do.
 */
function checkNumbers({ label, layer, apply }: CheckedLayer, input: NdArray): void {
  for (const scale of inputScales.filter((size) => size < 100)) {
    check(
      !apply(layer, scaledBy(scale, input)).data.some(Number.isNaN),
      `${label} gave NaN at inputs ${scale} times those given, which gave none.`,
    );
  }
}

/** Checks that the output changes with each weight, so that `apply` leaves none out. */
function checkWeights(
  { label, layer, apply }: CheckedLayer,
  input: NdArray,
  unused: readonly number[],
): void {
  const outputs = inputScales.map((scale) => apply(layer, scaledBy(scale, input)));
  for (const [index, { shape, data }] of layer.weights.entries()) {
    if (unused.includes(index) || data.length === 0) continue;
    const matters = [1, -1, 100, -100].some((change) => {
      const weights = layer.weights.with(index, { shape, data: data.map((value) => value + change) });
      return inputScales.some(
        (scale, at) => !isSame(apply({ ...layer, weights }, scaledBy(scale, input)), outputs[at]!),
      );
    });
    check(
      matters,
      `${label}: the output is the same whatever weight ${index} of [${shape}] holds: apply must read it. If the layer itself doesn't read it at inference, name it in unusedWeights.`,
    );
  }
}

/** Checks that the affine form computes the same as the layer, for small inputs and for large ones. */
function checkForm({ label, layer, lowered, apply }: CheckedLayer, form: AffineForm, input: NdArray): void {
  for (const scale of [0, ...inputScales.flatMap((size) => [size, -size])]) {
    const scaled = scaledBy(scale, input);
    const output = apply(layer, scaled);
    const expected = applyAffineForm(form, unpacked(scaled, lowered)[0]!);
    // A form that overflows as the layer does says nothing.
    if (!expected.data.every(Number.isFinite) && !output.data.every(Number.isFinite)) continue;
    const distance = relativeDistance(expected, output);
    // Sums in another order round otherwise.
    check(
      distance <= 1e-12,
      `${label} computes another output than its affine form: at inputs ${scale} times those given they differ by ${distance} of the largest.`,
    );
  }
}

/** Checks that a mask has a 0 or a 1 for each time step of each sample of the output. */
function checkMask(label: string, mask: NdArray | undefined, { shape }: NdArray): void {
  if (mask === undefined) return;
  const [samples = 0, steps = 0] = shape;
  check(
    inWords(mask.shape) === inWords([samples, steps]) && mask.data?.length === samples * steps,
    `${label} makes a mask of ${inWords(mask.shape)} with ${mask.data?.length} numbers: [${samples}, ${steps}] was expected, a number for each step of its output.`,
  );
  const odd = mask.data.find((value) => value !== 0 && value !== 1);
  check(
    odd === undefined,
    `${label} makes a mask with ${odd}: 0 for a masked step and 1 for others were expected.`,
  );
}

function requireInputs(label: string, lowered: LoweredLayer, inputs: readonly NdArray[]): void {
  const shapes = inputShapesOf(lowered);
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

function checkSamplesApart({ label, layer, apply }: CheckedLayer, input: NdArray, output: NdArray): void {
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
