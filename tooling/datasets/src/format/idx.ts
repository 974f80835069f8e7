import { invalid } from '../check/data-errors.js';

/** Bytes of a file in LeCun's idx format, and its lengths. */
export interface IdxBytes {
  readonly shape: readonly number[];
  readonly bytes: Buffer;
}

/**
 * Reads idx bytes: a magic number that tells type and rank, the lengths, and the elements.
 *
 * @throws DATA_FILE_INVALID for another type or rank, or another number of elements than the lengths tell.
 */
export function readIdx(path: string, content: Buffer, rank: number): IdxBytes {
  const header = 4 + 4 * rank;
  if (content.length < header) {
    throw invalid(path, `holds ${content.length} bytes: the header alone has ${header}.`);
  }
  const magic = content.readUInt32BE(0);
  if (magic !== 0x800 + rank) {
    throw invalid(
      path,
      `begins with ${magic}: ${0x800 + rank}, an idx file of bytes of rank ${rank}, was expected.`,
    );
  }
  const shape = Array.from({ length: rank }, (_, axis) => content.readUInt32BE(4 + 4 * axis));
  const size = shape.reduce((product, length) => product * length, 1);
  if (content.length !== header + size) {
    throw invalid(path, `holds ${content.length - header} bytes for [${shape}], which has ${size}.`);
  }
  return { shape, bytes: content.subarray(header) };
}
