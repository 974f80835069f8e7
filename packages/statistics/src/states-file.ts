import { type FloatArray, FuseInitError, type Moments, type NdArray, sizeOf } from '@fuseinit/core';
import type { CollectorState } from './collectors.js';
import { createHeldOutRows, type HeldOutSample } from './held-out-rows.js';

/** The states of collectors in a file. */
export interface StatesFile {
  /** The writer's own text, unchanged. */
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
 * Reads what {@link encodeStates} wrote.
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

/** Arrays by name, and words about them. */
export interface NamedArrays {
  readonly metadata: Readonly<Record<string, string>>;
  readonly arrays: Readonly<Record<string, FloatArray>>;
}

/** The format's names of the types of numbers. */
const arrayTypes = { F64: Float64Array, F32: Float32Array } as const;

/** The key of the checksum in the metadata. */
const checksumKey = 'crc32';

/**
 * Arrays as one safetensors file: the length of a JSON header in 8 bytes, the header, and the numbers one
 * after the other, little-endian.
 *
 * Source: https://github.com/huggingface/safetensors#format
 */
export function encodeSafetensors({ metadata, arrays }: NamedArrays): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = {};
  let length = 0;
  for (const [name, { shape, data }] of Object.entries(arrays)) {
    const dtype = data instanceof Float32Array ? 'F32' : 'F64';
    header[name] = { dtype, shape, data_offsets: [length, length + data.byteLength] };
    length += data.byteLength;
  }
  const body = new Uint8Array(length);
  let at = 0;
  for (const { data } of Object.values(arrays)) {
    body.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  const words = { ...metadata, [checksumKey]: checksumOf(metadata, header, body) };
  const text = new TextEncoder().encode(JSON.stringify({ __metadata__: words, ...header }));
  // Spaces at the end of the header are allowed, and align what follows.
  const headerLength = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerLength + length).fill(32, 8 + text.length, 8 + headerLength);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.set(text, 8);
  bytes.set(body, 8 + headerLength);
  return bytes;
}

/**
 * Reads what {@link encodeSafetensors} wrote. The arrays are copies.
 *
 * @param source What to call the file in errors.
 * @throws DATA_FILE_INVALID for bytes that are no safetensors file of floats, are cut, or were changed since.
 */
function decodeSafetensors(bytes: Uint8Array, source: string): NamedArrays {
  const fail = (reason: string): never => {
    throw new FuseInitError('DATA_FILE_INVALID', `${source} can't be read: ${reason}`);
  };
  if (bytes.length < 8) fail(`${bytes.length} bytes are too few for a safetensors file.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = view.getBigUint64(0, true);
  if (headerLength > BigInt(bytes.length - 8)) {
    fail('it is no safetensors file, or is cut: its header would be longer than the file.');
  }
  const start = 8 + Number(headerLength);
  const header =
    jsonOf(bytes.subarray(8, start)) ?? fail('it is no safetensors file: its header is no JSON object.');
  const { __metadata__: words = {}, ...entries } = header;
  const body = bytes.subarray(start);
  const arrays: Record<string, FloatArray> = {};
  let end = 0;
  for (const [name, entry] of Object.entries(entries)) {
    const array = arrayOf(entry, body);
    if (typeof array === 'string') fail(`its array ${JSON.stringify(name)} ${array}`);
    else {
      arrays[name] = array.values;
      end = Math.max(end, array.end);
    }
  }
  if (end !== body.length) fail(`it holds ${body.length} bytes of numbers where ${end} were expected.`);
  const { [checksumKey]: checksum, ...ownMetadata } = words as Record<string, string>;
  if (checksum !== checksumOf(ownMetadata, entries, body)) {
    fail(
      'its checksum is missing or wrong: it is not of ours, or was changed or damaged since it was written.',
    );
  }
  return { metadata: ownMetadata, arrays };
}

/** The checksum of the metadata, the header and the numbers. */
function checksumOf(metadata: object, header: object, body: Uint8Array): string {
  const described = new TextEncoder().encode(JSON.stringify([metadata, header]));
  return String(crc32(body, crc32(described)));
}

function jsonOf(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

type Found = { readonly values: FloatArray; readonly end: number };

/** An array as its header says, or what is wrong with it. */
function arrayOf(entry: unknown, body: Uint8Array): Found | string {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
  const arrayType = Object.entries(arrayTypes).find(([name]) => name === dtype)?.[1];
  if (!arrayType) return `is of ${JSON.stringify(dtype)}: F64 or F32 was expected.`;
  if (!isCounts(shape) || !isCounts(offsets) || offsets.length !== 2) return 'has no shape or no place.';
  const [from, end] = offsets as [number, number];
  if (end > body.length) return 'ends after the file: it is cut.';
  if (end - from !== sizeOf(shape) * arrayType.BYTES_PER_ELEMENT)
    return 'has another size than its shape says.';
  return { values: { shape, data: new arrayType(new Uint8Array(body.subarray(from, end)).buffer) }, end };
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((count) => Number.isSafeInteger(count) && count >= 0);
}

const table = Int32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest;
});

/**
 * CRC-32, as in zip files: tells bytes that were cut or changed by accident.
 *
 * @param before Of the bytes that come before these.
 */
function crc32(bytes: Uint8Array, before = 0): number {
  let rest = ~before;
  for (let at = 0; at < bytes.length; at++) rest = (rest >>> 8) ^ table[(rest ^ bytes[at]!) & 255]!;
  return ~rest >>> 0;
}
