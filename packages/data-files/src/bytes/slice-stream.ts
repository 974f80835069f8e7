import { FuseInitError, requireNotAborted } from '@fuseinit/core';
import { invalid } from '../data-errors.js';

/**
 * From byte `start` to before byte `end` of a stream that can only be read from its beginning; stops it
 * there.
 *
 * @throws DATA_FILE_INVALID when the stream fails.
 * @throws ABORTED when the signal fires.
 */
export async function* sliceStream(
  name: string,
  stream: AsyncIterable<Uint8Array>,
  start: number,
  end: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  let position = 0;
  try {
    for await (const piece of stream) {
      requireNotAborted(signal, name);
      const kept = piece.subarray(Math.max(0, start - position), end - position);
      if (kept.length > 0) yield kept;
      position += piece.length;
      if (position >= end) return;
    }
  } catch (cause) {
    if (FuseInitError.isInstance(cause)) throw cause;
    throw invalid(
      name,
      `can't be unpacked after ${position} bytes: ${(cause as Error).message}. It is cut short or damaged; copy or pack it again.`,
      cause,
    );
  }
}
