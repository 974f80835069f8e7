import { type NdArray, sizeOf } from '../array/nd-array.js';
import { type BackendAdapter, referenceBackend } from '../backend/backend-adapter.js';
import type { Moments } from '../moments/moments.js';
import {
  type BackendCase,
  backendCases,
  type CheckBackendOptions,
  checkUnchanged,
  momentsError,
  refusalOf,
  withTensors,
} from './backend-cases.js';
import { check } from './check.js';
import { checkSumsRefusals, type SummingAdapter, sumsErrorIn } from './check-moment-sums.js';

/** The error of a backend against the float64 reference in one case. */
export interface BackendCheck {
  readonly name: string;
  /** The largest error of any moment, relative to the standard deviations of the data. */
  readonly relativeError: number;
}

/**
 * The largest permitted error of a moment by the backend's precision in bits, relative to the standard
 * deviations.
 *
 * For 32 and 64 bits it is the worst case for a sum of 512 products, with half a unit in the last place of
 * rounding each, so an adapter should sum in chunks of about that many rows and add the chunks in float64.
 * For 16 bits, a moment may be rounded to half precision once, but not summed in it.
 */
export const backendTolerance = { 16: 2 ** -10, 32: 512 * 2 ** -24, 64: 512 * 2 ** -53 } as const;

/**
 * Tests a backend adapter against the float64 reference. The cases have geometries of one and two axes, means
 * a hundred standard deviations from zero, a single sample, and more rows than are summed at once. NaN must
 * be propagated, mismatched shapes refused with their error code, the given arrays left unchanged, and no
 * array leaked. For an adapter with `createSums`, sums over two batches must meet the same requirements and
 * start again from zero once they are taken.
 *
 * The inputs are read back from the device first, so that its rounding of them doesn't count as an error of
 * the adapter.
 *
 * It doesn't depend on a test runner and can be called in any test.
 *
 * @returns each case with its error, for a table.
 * @throws CHECK_FAILED with the case and what differs.
 */
export async function checkBackend<Tensor>(
  adapter: BackendAdapter<Tensor>,
  options: CheckBackendOptions<Tensor>,
): Promise<readonly BackendCheck[]> {
  const { name, floatPrecision, maxTensorSize } = adapter;
  check(adapter.specVersion === 1, `${name}: specVersion ${adapter.specVersion} came, 1 was expected.`);
  check(
    floatPrecision in backendTolerance,
    `${name}: floatPrecision ${floatPrecision} came, 16, 32 or 64 was expected.`,
  );
  check(maxTensorSize > 0, `${name}: maxTensorSize ${maxTensorSize} came, a positive number was expected.`);
  const checks: BackendCheck[] = [];
  const record = (title: string, relativeError: number): void => {
    check(
      relativeError <= backendTolerance[floatPrecision],
      `${name}, ${title}: a moment is off by ${relativeError} of the deviations; ${backendTolerance[floatPrecision]} is what ${floatPrecision} bits allow. Look at the order of patches, at padding and at how many rows are summed at once.`,
    );
    checks.push({ name: title, relativeError });
  };
  if (keepsSums(adapter)) await checkSumsRefusals(adapter, options, backendCases[0]);
  for (const backendCase of backendCases) {
    record(backendCase.name, await errorIn(adapter, options, backendCase));
    if (keepsSums(adapter)) {
      record(`${backendCase.name}, sums`, await sumsErrorIn(adapter, options, backendCase));
    }
  }
  await checkNaN(adapter, options);
  await checkRefusals(adapter, options);
  return checks;
}

function keepsSums<Tensor>(adapter: BackendAdapter<Tensor>): adapter is SummingAdapter<Tensor> {
  return adapter.createSums !== undefined;
}

async function errorIn<Tensor>(
  adapter: BackendAdapter<Tensor>,
  options: CheckBackendOptions<Tensor>,
  { name, input, target, geometry }: BackendCase,
): Promise<number> {
  return withTensors(options, [input, target], async (tensors) => {
    const onDevice = await Promise.all(tensors.map(options.fromTensor));
    await checkRead(adapter, tensors, onDevice);
    const label = `${adapter.name}, ${name}`;
    const live = options.liveTensors?.();
    const moments = await adapter.patchMoments(tensors[0]!, tensors[1]!, geometry);
    const left = options.liveTensors?.();
    check(left === live, `${label}: ${live} tensors were alive before and ${left} are now.`);
    await checkUnchanged(options, tensors, onDevice, label);
    const expected = referenceBackend.patchMoments(onDevice[0]!, onDevice[1]!, geometry);
    check(moments.count === expected.count, `${label}: ${moments.count} rows came of ${expected.count}.`);
    checkSymmetry(moments, label);
    return momentsError(moments, expected);
  });
}

async function checkRead<Tensor>(
  adapter: BackendAdapter<Tensor>,
  tensors: readonly Tensor[],
  onDevice: readonly NdArray[],
): Promise<void> {
  for (const [index, tensor] of tensors.entries()) {
    const values = Array.from(await adapter.read(tensor));
    const { data } = onDevice[index]!;
    check(
      values.length === data.length && data.every((value, at) => Object.is(value, values[at])),
      `${adapter.name}: read gave other numbers than the tensor holds.`,
    );
  }
}

function checkSymmetry({ inputCovariance, targetCovariance }: Moments, label: string): void {
  for (const { shape, data } of [inputCovariance, targetCovariance]) {
    const size = shape[0]!;
    const symmetric = data.every(
      (value, index) => value === data[(index % size) * size + Math.floor(index / size)],
    );
    check(symmetric, `${label}: a covariance isn't symmetric to the last bit.`);
  }
}

async function checkNaN<Tensor>(
  adapter: BackendAdapter<Tensor>,
  options: CheckBackendOptions<Tensor>,
): Promise<void> {
  const [{ input, target, geometry }] = backendCases;
  const withNaN = { shape: input.shape, data: input.data.slice() };
  withNaN.data[sizeOf(input.shape) - 1] = Number.NaN;
  await withTensors(options, [withNaN, target], async (tensors) => {
    const moments = await adapter.patchMoments(tensors[0]!, tensors[1]!, geometry);
    check(
      !moments.inputMean.data.every(Number.isFinite),
      `${adapter.name}: a NaN in the input left a finite mean. It must come out as NaN, so that the data are refused.`,
    );
  });
}

async function checkRefusals<Tensor>(
  adapter: BackendAdapter<Tensor>,
  options: CheckBackendOptions<Tensor>,
): Promise<void> {
  const [{ input, geometry }] = backendCases;
  const other = { shape: [input.shape[0]! + 1, 2], data: new Float64Array(2 * (input.shape[0]! + 1)) };
  await withTensors(options, [input, other], async (tensors) => {
    const live = options.liveTensors?.();
    const code = await refusalOf(() => adapter.patchMoments(tensors[0]!, tensors[1]!, geometry));
    check(
      code === 'SHAPE_MISMATCH',
      `${adapter.name}: a target of another batch size gave ${code}, SHAPE_MISMATCH was expected.`,
    );
    check(options.liveTensors?.() === live, `${adapter.name}: a refusal left tensors behind.`);
  });
}
