import { type ByteSource, readHead } from '../bytes/byte-source.js';
import { invalid } from '../data-errors.js';
import type { SampleSource } from '../sample-source.js';
import { arraySamples } from './array-samples.js';
import { elementTypes } from './element-type.js';

/** NumPy's codes for those of LeCun's idx format. */
const codes = new Map([
  [0x08, 'u1'],
  [0x09, 'i1'],
  [0x0b, 'i2'],
  [0x0c, 'i4'],
  [0x0d, 'f4'],
  [0x0e, 'f8'],
]);

/** Two zeros, a type and a rank. */
export function isIdx(head: Buffer): boolean {
  return head[0] === 0 && head[1] === 0 && codes.has(head[2] ?? 0) && (head[3] ?? 0) > 0;
}

/** @throws DATA_FILE_INVALID for another number of bytes than the header tells. */
export async function idxSamples(bytes: ByteSource): Promise<SampleSource> {
  const [, , code, rank = 0] = await readHead(bytes, 4);
  const offset = 4 + 4 * rank;
  const header = await readHead(bytes, offset);
  if (header.length < offset) {
    throw invalid(
      bytes.name,
      `has ${header.length} bytes: the header alone has ${offset}; it is cut short. Copy it again.`,
    );
  }
  const shape = Array.from({ length: rank }, (_, axis) => header.readUInt32BE(4 + 4 * axis));
  const type = elementTypes.get(codes.get(code!)!)!;
  return arraySamples(bytes, { type, order: 'BE', shape, offset });
}
