import { type FloatArray, FuseInitError, sizeOf } from '@fuseinit/core';
import { crc32 } from './crc32.js';

/** Arrays by name, and words about them. */
export interface NamedArrays {
  readonly metadata: Readonly<Record<string, string>>;
  readonly arrays: Readonly<Record<string, FloatArray>>;
}

/** The format's names of the types of numbers. */
const arrayTypes = { F64: Float64Array, F32: Float32Array } as const;

/** Where the checksum stands in the metadata. */
const checksumKey = 'crc32';

/**
 * Arrays as one safetensors file: the length of a JSON header in 8 bytes, the header, and the numbers one after the other,
 * little-endian.
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
 * What {@link encodeSafetensors} wrote. The arrays are copies.
 *
 * @param source What to call the file in errors.
 * @throws DATA_FILE_INVALID for bytes that are no safetensors file of floats, are cut, or were changed since.
 */
export function decodeSafetensors(bytes: Uint8Array, source: string): NamedArrays {
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
  const { [checksumKey]: checksum, ...said } = words as Record<string, string>;
  if (checksum !== checksumOf(said, entries, body)) {
    fail(
      'its checksum is missing or wrong: it is not of ours, or was changed or damaged since it was written.',
    );
  }
  return { metadata: said, arrays };
}

/** Over all that is said of the arrays, and their numbers. */
function checksumOf(metadata: object, header: object, body: Uint8Array): string {
  const said = new TextEncoder().encode(JSON.stringify([metadata, header]));
  return String(crc32(body, crc32(said)));
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
