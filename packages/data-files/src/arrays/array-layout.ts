import { invalid } from '../data-errors.js';
import type { Numbers } from '../sample-source.js';

/** The format of a number in a file. */
export interface ElementType {
  readonly name: string;
  readonly bytes: number;
  /** Returns the numbers in bytes of this machine's byte order. */
  decode(bytes: ArrayBuffer): Numbers;
}

/** Element types by their NumPy codes. */
const elementTypes: ReadonlyMap<string, ElementType> = new Map([
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
 * Decodes bytes to numbers. The bytes of each number are reversed in place if this machine has another byte
 * order.
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

/** The layout of a row-major array in bytes. */
export interface ArrayLayout {
  readonly type: ElementType;
  readonly order: 'LE' | 'BE';
  readonly shape: readonly number[];
  /** The number of bytes before the first element. */
  readonly offset: number;
}

const magic = '\x93NUMPY';

/** NumPy also refuses longer headers of files that aren't trusted. */
const longestNpyHeader = 10_000;

/** The number of bytes of a .npy file that determine where its header ends. */
export const npyStart = 12;

/** Whether a file that begins with these bytes is a .npy file. */
export function isNpy(head: Uint8Array): boolean {
  return [...magic].every((letter, index) => head[index] === letter.charCodeAt(0));
}

/**
 * Returns the end of the header of a .npy file of version 1 to 3.
 *
 * @param name The name of the file in messages.
 * @param start Its first 12 bytes: a magic number, the version and the length of the header.
 * @throws DATA_FILE_INVALID for another format or version, and for a header that is too long to be trusted.
 */
export function npyHeaderEnd(name: string, start: Uint8Array): number {
  if (start.length < npyStart || !isNpy(start)) {
    throw invalid(name, "doesn't begin as a .npy file does. Save it again with numpy.save.");
  }
  const version = start[6]!;
  if (version < 1 || version > 3) {
    throw invalid(
      name,
      `is of version ${version} of .npy: 1 to 3 can be read. Save it again with numpy.save.`,
    );
  }
  const view = new DataView(start.buffer, start.byteOffset);
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > longestNpyHeader) {
    throw invalid(
      name,
      `has a header of ${length} bytes: ${longestNpyHeader} at most were expected. Save it again with numpy.save.`,
    );
  }
  return (version === 1 ? 10 : 12) + length;
}

/**
 * Reads the header of a .npy file, a dictionary in Python's syntax.
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 *
 * @param header All bytes up to {@link npyHeaderEnd}, which is `end`, or fewer where the file is cut short.
 * @throws DATA_FILE_INVALID for a file cut short, for elements that are no numbers, for Fortran order.
 */
export function npyLayout(name: string, header: Uint8Array, end: number): ArrayLayout {
  if (header.length < end) {
    throw invalid(name, 'ends within its header: it is cut short. Copy or save it again.');
  }
  const dictionary = new TextDecoder().decode(header.subarray(header[6] === 1 ? 10 : 12, end));
  const shapeText = /'shape':\s*\(([\d\sL,]*)\)/.exec(dictionary)?.[1];
  const descr = /'descr':\s*('[^']*'|\[.*\])\s*,\s*'/.exec(dictionary)?.[1];
  const fortran = /'fortran_order':\s*(True|False)/.exec(dictionary)?.[1];
  if (shapeText === undefined || descr === undefined || fortran === undefined) {
    throw invalid(
      name,
      `has the header ${JSON.stringify(dictionary.trim())}, which describes no array. Save it again.`,
    );
  }
  // Python 2 wrote (3L, 4L).
  const shape = [...shapeText.matchAll(/\d+/g)].map(([length]) => Number(length));
  const [, mark, code = ''] = /^'([<>|=])(\w+)'$/.exec(descr) ?? [];
  const type = elementTypes.get(code);
  if (!type) {
    const names = [...elementTypes.values()].map((known) => known.name).join(', ');
    throw invalid(
      name,
      `holds elements of type ${descr}: ${names} can be read. Save it as numpy.save(path, x.astype('float32')).`,
    );
  }
  if (fortran === 'True' && shape.length > 1) {
    throw invalid(
      name,
      'is in Fortran order, whose samples lie scattered: C order was expected. Save it as ' +
        'numpy.save(path, numpy.ascontiguousarray(x)).',
    );
  }
  return { type, order: mark === '>' ? 'BE' : 'LE', shape, offset: end };
}

/** NumPy's codes for the element types of LeCun's idx format. */
const idxCodes = new Map([
  [0x08, 'u1'],
  [0x09, 'i1'],
  [0x0b, 'i2'],
  [0x0c, 'i4'],
  [0x0d, 'f4'],
  [0x0e, 'f8'],
]);

/** The number of bytes of an idx file that determine where its header ends: two zeros, a type and a rank. */
export const idxStart = 4;

/** Whether a file that begins with these bytes is an idx file. */
export function isIdx(head: Uint8Array): boolean {
  return head[0] === 0 && head[1] === 0 && idxCodes.has(head[2] ?? 0) && (head[3] ?? 0) > 0;
}

/**
 * Returns the end of the header of an idx file.
 *
 * @param start Its first 4 bytes.
 * @throws DATA_FILE_INVALID for another format.
 */
export function idxHeaderEnd(name: string, start: Uint8Array): number {
  if (!isIdx(start)) throw invalid(name, "doesn't begin as an idx file does. Copy it again.");
  return idxStart + 4 * start[3]!;
}

/**
 * Reads the header of an idx file: the start, and each length as a big-endian integer of 32 bits.
 *
 * @param header All bytes up to {@link idxHeaderEnd}, which is `end`, or fewer where the file is cut short.
 * @throws DATA_FILE_INVALID for a file cut short.
 */
export function idxLayout(name: string, header: Uint8Array, end: number): ArrayLayout {
  if (header.length < end) {
    throw invalid(
      name,
      `has ${header.length} bytes: the header alone has ${end}; it is cut short. Copy it again.`,
    );
  }
  const view = new DataView(header.buffer, header.byteOffset);
  const shape = Array.from({ length: header[3]! }, (_, axis) => view.getUint32(idxStart + 4 * axis));
  const type = elementTypes.get(idxCodes.get(header[2]!)!)!;
  return { type, order: 'BE', shape, offset: end };
}

/**
 * Refuses a file that has another number of bytes than its header needs.
 *
 * @throws DATA_FILE_INVALID
 */
export function requireSize(name: string, size: number, { type, shape, offset }: ArrayLayout): void {
  const expected = offset + shape.reduce((product, length) => product * length, type.bytes);
  if (size === expected) return;
  const reason = size < expected ? 'it is cut short' : 'something follows the array';
  throw invalid(
    name,
    `has ${size} bytes: ${expected} were expected for [${shape.join(', ')}] of ${type.name}; ${reason}. ` +
      'Copy or save it again.',
  );
}
