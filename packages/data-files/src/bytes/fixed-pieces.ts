import { requireNotAborted } from '@fuseinit/core';
import { type ByteRange, type ByteSource, readRanges } from './byte-source.js';

/**
 * Bytes of ascending ranges in pieces of `length`, the last one shorter; each has a buffer of its own.
 * What the source lacks, the pieces lack.
 *
 * @throws ABORTED when the signal fires.
 */
export async function* fixedPieces(
  source: ByteSource,
  ranges: readonly ByteRange[],
  length: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let left = ranges.reduce((sum, { start, end }) => sum + end - start, 0);
  const emptyPiece = () => new Uint8Array(Math.min(length, left));
  let piece = emptyPiece();
  let filled = 0;
  for await (const bytes of readRanges(source, ranges, signal)) {
    requireNotAborted(signal, source.name);
    for (let taken = 0; taken < bytes.length; ) {
      const part = bytes.subarray(taken, taken + piece.length - filled);
      piece.set(part, filled);
      taken += part.length;
      filled += part.length;
      if (filled < piece.length) continue;
      yield piece;
      requireNotAborted(signal, source.name);
      left -= filled;
      filled = 0;
      piece = emptyPiece();
    }
  }
  if (filled > 0) yield piece.slice(0, filled);
}
