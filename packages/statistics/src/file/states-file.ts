import { type FloatArray, FuseInitError, type Moments, type NdArray } from '@fuseinit/core';
import type { CollectorState } from '../create-collector.js';
import { createHeldOutRows, type HeldOutSample } from '../create-held-out-rows.js';
import { decodeSafetensors, encodeSafetensors } from './safetensors.js';

/** What collectors held, as a file has it. */
export interface StatesFile {
  /** What the writer had to say, as it said it. */
  readonly info: string;
  readonly states: readonly CollectorState[];
}

const format = 'fuseinit statistics';
const specVersion = '2';

/** Collectors' states as one safetensors file, with a checksum. */
export function encodeStates({ info, states }: StatesFile): Uint8Array<ArrayBuffer> {
  const arrays: Record<string, FloatArray> = {};
  const taps = states.map(({ moments, heldOut, ...counts }, index): TapEntry => {
    const rows = createHeldOutRows(heldOut).rows();
    if (rows) {
      arrays[`${index}.heldOut.inputs`] = rows.inputs;
      arrays[`${index}.heldOut.targets`] = rows.targets;
    }
    const places = heldOut.map(({ batch, place }) => [batch, place] as const);
    if (!moments) return { ...counts, places };
    const { count, precision, ...parts } = moments;
    for (const [part, array] of Object.entries(parts)) arrays[`${index}.moments.${part}`] = array;
    return { ...counts, places, count, ...(precision !== undefined && { precision }) };
  });
  return encodeSafetensors({ metadata: { format, specVersion, info, taps: JSON.stringify(taps) }, arrays });
}

/**
 * What {@link encodeStates} wrote.
 *
 * @param source What to call the file in errors.
 * @throws DATA_FILE_INVALID for a file that is another one, of another version, cut, or changed.
 */
export function decodeStates(bytes: Uint8Array, source: string): StatesFile {
  const { metadata, arrays } = decodeSafetensors(bytes, source);
  const fail = (reason: string): never => {
    throw new FuseInitError('DATA_FILE_INVALID', `${source} can't be read: ${reason}`);
  };
  if (metadata.format !== format) fail('it is a safetensors file, but not of statistics.');
  if (metadata.specVersion !== specVersion) {
    fail(
      `it is of version ${metadata.specVersion}, where ${specVersion} was expected: collect the statistics again.`,
    );
  }
  const taps = tapsOf(metadata.taps) ?? fail('what it says of its taps is damaged.');
  const states = taps.map(({ places, count, precision, ...counts }, index): CollectorState => {
    const missing = () => fail(`arrays of ${counts.tap} are missing.`);
    const heldOut = heldOutFrom(arrays, `${index}.heldOut.`, places) ?? missing();
    if (count === undefined) return { ...counts, heldOut };
    const parts = momentsFrom(arrays, `${index}.moments.`) ?? missing();
    return {
      ...counts,
      heldOut,
      moments: { count, ...parts, ...(precision !== undefined && { precision }) },
    };
  });
  return { info: metadata.info ?? '', states };
}

interface TapEntry extends Omit<CollectorState, 'moments' | 'heldOut'> {
  /** The batch and the place in it of each held-out sample. */
  readonly places: readonly (readonly [batch: number, place: number])[];
  /** Rows of the moments, where there are any, and their precision. */
  readonly count?: number;
  readonly precision?: number;
}

function tapsOf(text: string | undefined): TapEntry[] | undefined {
  try {
    const value = JSON.parse(text ?? '') as TapEntry[];
    const isCount = (count: unknown) => Number.isSafeInteger(count) && Number(count) >= 0;
    const isSound = value.every(
      ({ tap, batches, samples, heldOutSamples, places, count = 0, precision = 0 }) =>
        typeof tap === 'string' &&
        [batches, samples, heldOutSamples, count, ...places.flat()].every(isCount) &&
        Number.isFinite(precision),
    );
    return isSound ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The samples whose rows lie one after the other, or nothing where the arrays don't fit. */
function heldOutFrom(
  arrays: StatesArrays,
  prefix: string,
  places: TapEntry['places'],
): HeldOutSample[] | undefined {
  if (places.length === 0) return [];
  const [inputs, targets] = [arrays[`${prefix}inputs`], arrays[`${prefix}targets`]];
  const rows = (inputs?.shape[0] ?? 0) / places.length;
  if (!Number.isInteger(rows) || rows < 1 || inputs?.shape[0] !== targets?.shape[0]) return undefined;
  const partOf = (array: FloatArray, at: number) => {
    const size = rows * array.shape[1]!;
    return Float32Array.from(array.data.subarray(at * size, (at + 1) * size));
  };
  return places.map(([batch, place], at) => ({
    batch,
    place,
    rows,
    inputs: partOf(inputs!, at),
    targets: partOf(targets!, at),
  }));
}

type StatesArrays = Readonly<Record<string, FloatArray>>;

/** Moments whose parts fit each other, or nothing. */
function momentsFrom(arrays: StatesArrays, prefix: string): Omit<Moments, 'count'> | undefined {
  const part = (name: string) => {
    const array = arrays[prefix + name];
    return array?.data instanceof Float64Array ? (array as NdArray) : undefined;
  };
  const [inputMean, targetMean] = [part('inputMean'), part('targetMean')];
  if (!inputMean || !targetMean) return undefined;
  const [inputs, targets] = [inputMean.data.length, targetMean.data.length];
  const matrix = (name: string, rows: number, columns: number) => {
    const array = part(name);
    return array?.shape.join() === [rows, columns].join() ? array : undefined;
  };
  const inputCovariance = matrix('inputCovariance', inputs, inputs);
  const crossCovariance = matrix('crossCovariance', targets, inputs);
  const targetCovariance = matrix('targetCovariance', targets, targets);
  if (!inputCovariance || !crossCovariance || !targetCovariance) return undefined;
  return { inputMean, targetMean, inputCovariance, crossCovariance, targetCovariance };
}
