import { multiplyRows, type NdArray, reshape, sizeOf } from '../array/nd-array.js';
import { patchLayout, referenceBackend } from '../backend/backend-adapter.js';
import { FuseInitError, inWords } from '../errors/fuse-init-error.js';
import { extractPatches } from '../geometry/extract-patches.js';
import { fusePair, pluginWeights } from '../plugin/call-plugin.js';
import {
  defineLayerPair,
  type FusedLayer,
  type LayerPairPlugin,
  type PairMember,
  type SolvedWeights,
} from '../plugin/layer-plugin.js';
import { convolve } from '../reference/sliding-layers.js';
import { solveAffine } from '../solve/solve-affine.js';
import { check, failed, randomArray, relativeDistance } from './check.js';
import { scaledBy } from './checked-layer.js';

/** The plugin and the cases that {@link checkLayerPair} checks. */
export interface CheckLayerPairOptions {
  readonly first: PairMember;
  readonly second: PairMember;
  /** Calibration data [batch, ...first.inputShape], with more rows than the patch size. */
  readonly input: NdArray;
  /** Computes the second layer's pre-activation from `input`, with both layers linear. */
  readonly teacher: (input: NdArray) => NdArray;
  /**
   * Computes the fused layer's pre-activation from its weights; needed for classes other than Dense, Conv1D
   * and Conv2D.
   */
  readonly student?: (weights: readonly NdArray[], input: NdArray) => NdArray;
}

/**
 * The multiples of a drawn kernel and bias that are passed through `toWeights`: small and large ones, so that
 * a threshold or a limit shows, and of either sign; the kernel also without a bias, and the bias alone.
 */
const solutionScales: readonly (readonly [kernel: number, bias: number])[] = [
  ...[1, 1e-12, 1e-8, 1e-4, 1e4, 1e8].flatMap((size) => [[size, size] as const, [-size, -size] as const]),
  [1, 0],
  [0, 1],
];

/**
 * Tests two properties of a layer-pair plugin. For random kernels and biases, small and large, its layer must
 * compute `patches x kernel + bias`, which shows that `toWeights` and the config represent the whole
 * solution. And for linear layers with 'valid' padding, the fused layer must equal the two layers, which
 * shows that the geometry covers what they read. The plugin must also answer alike each time, and leave the
 * layers that it is given as they are.
 *
 * For the second property it solves on `input`, passes the solution through the plugin's `toWeights`, runs
 * the fused layer in float64 and compares it with `teacher` to within 1e-8 of its largest output: rounding of
 * 1e-16 times a condition number of up to 1e8.
 *
 * It doesn't depend on a test runner and can be called in any test.
 *
 * @returns the fused layer, for further checks.
 * @throws CHECK_FAILED with what differs.
 */
export function checkLayerPair(plugin: LayerPairPlugin, options: CheckLayerPairOptions): FusedLayer {
  try {
    return provePair(plugin, options);
  } catch (cause) {
    if (!FuseInitError.isInstance(cause)) throw cause;
    throw cause.code === 'CHECK_FAILED' ? cause : failed(cause.message, cause);
  }
}

function provePair(plugin: LayerPairPlugin, options: CheckLayerPairOptions): FusedLayer {
  const { first, second, input, teacher } = options;
  const [firstClass, secondClass] = defineLayerPair(plugin).layers;
  check(
    first.className === firstClass && second.className === secondClass,
    `${plugin.name} fuses ${firstClass} and ${secondClass}; ${first.className} and ${second.className} came.`,
  );
  check(
    input.shape.slice(1).join() === first.inputShape.join(),
    `An input of [${input.shape}] came where [batch, ${first.inputShape}] was expected.`,
  );
  const fused = fuseRepeatably(plugin, first, second);
  if (!fused) throw failed(`${plugin.name} returned null for a pair that it was to be checked on.`);
  const activation = fused.config.activation ?? 'linear';
  check(
    activation === second.activation,
    `${plugin.name}: the config of the fused ${fused.className} has activation ${inWords(fused.config.activation)}, the second layer ${inWords(second.activation)}.`,
  );

  const target = teacher(input);
  check(
    target.shape.slice(1).join() === second.outputShape.join(),
    `The teacher gives [${target.shape}] where [batch, ${second.outputShape}] was expected, as the second layer has it.`,
  );
  const { patchSize, rows, outFeatures } = patchLayout(input.shape, target.shape, fused.geometry);
  check(
    rows > patchSize + 1,
    `${rows} rows of calibration data came for patches of ${patchSize} numbers: with so few, any geometry would fit. ${patchSize + 2} or more were expected.`,
  );
  const student = options.student ?? stockLayer(fused, first.inputShape.at(-1)!, outFeatures);
  const weightsFor = (solved: SolvedWeights) => orderedWeights(plugin.name, fused, solved);
  const run = (weights: readonly NdArray[], on = input) => runStudent(plugin.name, student, weights, on);

  const kernel = randomArray(101, [patchSize, outFeatures]);
  const bias = randomArray(102, [outFeatures]);
  // The caller's data may have a channel of zeros, which would hide what toWeights does to it.
  const drawn = randomArray(103, input.shape);
  const patches = fused.geometry
    ? extractPatches(drawn, fused.geometry)
    : reshape(drawn, [drawn.shape[0]!, sizeOf(drawn.shape.slice(1))]);
  for (const [kernelScale, biasScale] of solutionScales) {
    const solved = { kernel: scaledBy(kernelScale, kernel), bias: scaledBy(biasScale, bias) };
    const product = reshape(multiplyRows(patches, solved.kernel, solved.bias), target.shape);
    const drift = relativeDistance(run(weightsFor(solved), drawn), product);
    // Both sum the same float64 products, possibly in a different order.
    check(
      drift <= 1e-10,
      `${plugin.name}: with a drawn solution, its kernel times ${kernelScale} and its bias times ${biasScale}, the fused ${fused.className} differs from patches x kernel + bias by ${drift} of the largest output; 1e-10 was expected. Look at the order in toWeights, and at what it leaves out.`,
    );
  }

  const weights = weightsFor({ kernel, bias });
  const computed = run(weights, drawn);
  for (const [index, weight] of weights.entries()) {
    const others = weights.with(index, { shape: weight.shape, data: weight.data.map((value) => value + 1) });
    check(
      relativeDistance(run(others, drawn), computed) > 0,
      `${plugin.name}: the fused ${fused.className} doesn't read weight ${index} of the ${weights.length} that toWeights gives.`,
    );
  }

  const moments = referenceBackend.patchMoments(input, target, fused.geometry);
  const output = run(weightsFor(solveAffine(moments, { ridge: 0 })));
  const distance = relativeDistance(output, target);
  check(
    distance <= 1e-8,
    `${plugin.name}: the fused ${fused.className} differs from the two layers by ${distance} of the largest output, [${output.shape}] against [${target.shape}]; 1e-8 was expected. Look at the geometry, and whether the pair is linear.`,
  );
  return fused;
}

/** Fuses a pair twice, which must give the same, and must not change the layers. */
function fuseRepeatably(plugin: LayerPairPlugin, first: PairMember, second: PairMember): FusedLayer | null {
  const given = JSON.stringify([first, second]);
  const fused = fusePair(plugin, { first, second });
  const again = fusePair(plugin, { first, second });
  check(
    JSON.stringify([first, second]) === given,
    `${plugin.name}: fuse changed the layers that it was given in place.`,
  );
  check(
    JSON.stringify(fused) === JSON.stringify(again),
    `${plugin.name}: fuse gave another layer for the same pair the second time.`,
  );
  return fused;
}

/** Passes a solution through `toWeights`, which must not change it. */
function orderedWeights(name: string, fused: FusedLayer, { kernel, bias }: SolvedWeights): NdArray[] {
  const given = { kernel: copyOf(kernel), bias: copyOf(bias) };
  const weights = pluginWeights(name, fused.className, fused, given);
  check(
    isSame(given.kernel, kernel) && isSame(given.bias, bias),
    `${name}: toWeights changed the solution that it was given in place.`,
  );
  return weights;
}

function runStudent(name: string, student: Student, weights: readonly NdArray[], input: NdArray): NdArray {
  try {
    return student(weights, input);
  } catch (cause) {
    if (FuseInitError.isInstance(cause)) throw cause;
    throw failed(`${name}: the fused layer can't be run with what toWeights gives. ${String(cause)}`, cause);
  }
}

function copyOf({ shape, data }: NdArray): NdArray {
  return { shape, data: data.slice() };
}

function isSame(first: NdArray, second: NdArray): boolean {
  return first.data.every((value, index) => value === second.data[index]);
}

/** Computes the fused layer's pre-activation from its weights and its input. */
type Student = (weights: readonly NdArray[], input: NdArray) => NdArray;

const convolutionRanks: Readonly<Record<string, number>> = { Conv1D: 1, Conv2D: 2 };

/**
 * Computes a `Dense`, `Conv1D` or `Conv2D` of tfjs-layers from its own config, which must match the fused
 * layer's geometry, and from weights of the shapes that such a layer has.
 *
 * @throws CHECK_FAILED with the entry of the config, or the weight, that doesn't fit; or for another class.
 */
function stockLayer(fused: FusedLayer, inChannels: number, outFeatures: number): Student {
  const { className, config, geometry } = fused;
  const requireEntry = (name: string, expected: number | readonly number[], otherwise?: number) => {
    const value = config[name] ?? otherwise;
    // In tfjs-layers a single number applies to every axis.
    const spread = typeof value === 'number' && Array.isArray(expected) ? expected.map(() => value) : value;
    check(
      inWords(spread) === inWords(expected),
      `The config of the fused ${className} has ${name} ${inWords(value)}: ${inWords(expected)} was expected, by the geometry and the output.`,
    );
  };
  const biases = config.useBias === false ? 0 : 1;
  const requireWeights = (weights: readonly NdArray[], kernelShape: readonly number[]) => {
    const expected = [kernelShape, [outFeatures]].slice(0, 1 + biases).map(inWords);
    const given = weights.map(({ shape }) => inWords(shape));
    check(
      expected.join() === given.join(),
      `toWeights gives arrays of shapes ${given.join(', ')}; a ${className} of that config has ${expected.join(', ')}.`,
    );
  };
  if (className in convolutionRanks && geometry) {
    const { kernelSize, strides, dilationRate } = geometry;
    check(
      kernelSize.length === convolutionRanks[className],
      `The fused layer is a ${className}, but its geometry has ${kernelSize.length} spatial axes.`,
    );
    requireEntry('filters', outFeatures);
    requireEntry('kernelSize', kernelSize);
    requireEntry('strides', strides, 1);
    requireEntry('dilationRate', dilationRate, 1);
    return (weights, input) => {
      requireWeights(weights, [...kernelSize, inChannels, outFeatures]);
      return convolve(input, weights[0]!, weights[1], geometry);
    };
  }
  check(
    className === 'Dense',
    className in convolutionRanks
      ? `The fused ${className} has geometry null: the window that it slides was expected.`
      : `How a ${className} computes is unknown here: give checkLayerPair a student.`,
  );
  requireEntry('units', outFeatures);
  return (weights, input) => {
    const [samples = 0, ...sample] = input.shape;
    const rows = geometry ? input : reshape(input, [samples, sizeOf(sample)]);
    requireWeights(weights, [rows.shape.at(-1)!, outFeatures]);
    return multiplyRows(rows, weights[0]!, weights[1]);
  };
}
