/** Bytes that can be read from any place on. */
export interface ByteSource {
  /** For messages: the path, and what part of it. */
  readonly name: string;
  /** Undefined where only reading to the end would tell. */
  readonly size: number | undefined;
  /** Whether reading from a later place on costs no more than from the start; of packed bytes it does. */
  readonly isSeekable: boolean;
  /**
   * From `start` to before `end`, in pieces of any length; fewer where the bytes end before.
   *
   * @throws ABORTED when the signal fires, also while what comes before is unpacked.
   */
  read(start: number, end: number, signal?: AbortSignal): AsyncIterable<Uint8Array>;
}

/** Places from `start` to before `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Bytes between two ranges that are read rather than skipped, where they can be skipped: another read costs
 * more.
 */
const mostPassed = 2 ** 16;

/**
 * The bytes of ascending ranges, in pieces of any length; fewer where the source ends before.
 *
 * @throws ABORTED when the signal fires.
 */
export async function* readRanges(
  source: ByteSource,
  ranges: readonly ByteRange[],
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const passed = source.isSeekable ? mostPassed : Number.POSITIVE_INFINITY;
  for (let from = 0, to = 0; from < ranges.length; from = to) {
    do to++;
    while (to < ranges.length && ranges[to]!.start - ranges[to - 1]!.end <= passed);
    let position = ranges[from]!.start;
    let at = from;
    for await (const piece of source.read(position, ranges[to - 1]!.end, signal)) {
      const end = position + piece.length;
      for (; at < to && ranges[at]!.start < end; at++) {
        const range = ranges[at]!;
        yield piece.subarray(Math.max(0, range.start - position), range.end - position);
        if (range.end > end) break;
      }
      position = end;
    }
  }
}

/** The first bytes, `length` of them or as many as there are. */
export async function readHead(source: ByteSource, length: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of source.read(0, length)) pieces.push(piece);
  return Buffer.concat(pieces);
}
