import { requireNotAborted } from '../abort.js';
import type { ByteSource } from './byte-source.js';

/**
 * Bytes from `start` to before `end` in pieces of `length`, the last one shorter; each has a buffer of its own.
 * What the source lacks, the pieces lack.
 *
 * @throws ABORTED when the signal fires.
 */
export async function* fixedPieces(
  source: ByteSource,
  { start, end, length }: { readonly start: number; readonly end: number; readonly length: number },
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const emptyPiece = (position: number) => new Uint8Array(Math.min(length, end - position));
  let piece = emptyPiece(start);
  let filled = 0;
  let position = start;
  for await (const bytes of source.read(start, end, signal)) {
    requireNotAborted(signal, source.name);
    for (let taken = 0; taken < bytes.length; ) {
      const part = bytes.subarray(taken, taken + piece.length - filled);
      piece.set(part, filled);
      taken += part.length;
      filled += part.length;
      if (filled < piece.length) continue;
      yield piece;
      requireNotAborted(signal, source.name);
      position += filled;
      filled = 0;
      piece = emptyPiece(position);
    }
  }
  if (filled > 0) yield piece.slice(0, filled);
}
