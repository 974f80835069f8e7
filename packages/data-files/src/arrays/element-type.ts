import type { Numbers } from '../sample-source.js';

/** How a file writes a number. */
export interface ElementType {
  readonly name: string;
  readonly bytes: number;
  /** The numbers in bytes of this machine's order. */
  decode(bytes: ArrayBuffer): Numbers;
}

/** By the codes of NumPy. */
export const elementTypes: ReadonlyMap<string, ElementType> = new Map([
  ['b1', { name: 'bool', bytes: 1, decode: (bytes: ArrayBuffer) => new Uint8Array(bytes) }],
  ['u1', { name: 'uint8', bytes: 1, decode: (bytes) => new Uint8Array(bytes) }],
  ['i1', { name: 'int8', bytes: 1, decode: (bytes) => new Int8Array(bytes) }],
  ['u2', { name: 'uint16', bytes: 2, decode: (bytes) => new Uint16Array(bytes) }],
  ['i2', { name: 'int16', bytes: 2, decode: (bytes) => new Int16Array(bytes) }],
  ['u4', { name: 'uint32', bytes: 4, decode: (bytes) => new Uint32Array(bytes) }],
  ['i4', { name: 'int32', bytes: 4, decode: (bytes) => new Int32Array(bytes) }],
  [
    'u8',
    { name: 'uint64', bytes: 8, decode: (bytes) => Float64Array.from(new BigUint64Array(bytes), Number) },
  ],
  ['i8', { name: 'int64', bytes: 8, decode: (bytes) => Float64Array.from(new BigInt64Array(bytes), Number) }],
  ['f4', { name: 'float32', bytes: 4, decode: (bytes) => new Float32Array(bytes) }],
  ['f8', { name: 'float64', bytes: 8, decode: (bytes) => new Float64Array(bytes) }],
] satisfies [string, ElementType][]);

const machineOrder = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 'LE' : 'BE';

/**
 * Decodes the numbers that bytes stand for. Reverses the bytes of each number in place where this machine has
 * another byte order.
 */
export function decodeElements(
  { bytes: width, decode }: ElementType,
  order: 'LE' | 'BE',
  bytes: Uint8Array<ArrayBuffer>,
): Numbers {
  if (order !== machineOrder && width > 1) {
    for (let start = 0; start < bytes.length; start += width) bytes.subarray(start, start + width).reverse();
  }
  return decode(bytes.buffer);
}
