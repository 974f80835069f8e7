import type { FileHandle } from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { FuseInitError, requireNotAborted } from '@fuseinit/core';
import { invalid, unreadable } from '../data-errors.js';

/** Bytes that can be read from any position. */
export interface ByteSource {
  /** The name for messages: the path, and the part of it. */
  readonly name: string;
  /** The number of bytes; undefined if only reading to the end would show it. */
  readonly size: number | undefined;
  /**
   * Whether reading from a later position costs no more than from the start, which isn't so for compressed
   * bytes.
   */
  readonly isSeekable: boolean;
  /**
   * Yields the bytes from `start` to before `end`, in pieces of any length; fewer if the bytes end earlier.
   *
   * @throws ABORTED when the signal fires, also while what comes before is unpacked.
   */
  read(start: number, end: number, signal?: AbortSignal): AsyncIterable<Uint8Array>;
}

/** Positions from `start` to before `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** The most bytes between two ranges that are read rather than skipped, since another read costs more. */
const mostPassed = 2 ** 16;

/**
 * Yields the bytes of ascending ranges, in pieces of any length; fewer if the source ends earlier.
 *
 * @throws ABORTED when the signal fires.
 */
async function* readRanges(
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

/** Reads the first bytes: `length` of them, or as many as there are. */
export async function readHead(source: ByteSource, length: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of source.read(0, length)) pieces.push(piece);
  return Buffer.concat(pieces);
}

const pieceBytes = 2 ** 18;

/**
 * Reads the bytes of an open file. FileHandle.createReadStream would leave a listener on the handle with each
 * pass.
 */
export function fileBytes(path: string, file: FileHandle, size: number): ByteSource {
  return {
    name: path,
    size,
    isSeekable: true,
    async *read(start, end) {
      for (let position = start; position < end; ) {
        const piece = new Uint8Array(Math.min(pieceBytes, end - position));
        const { bytesRead } = await file.read(piece, 0, piece.length, position).catch((cause) => {
          throw unreadable(path, cause);
        });
        if (bytesRead === 0) return;
        yield piece.subarray(0, bytesRead);
        position += bytesRead;
      }
    },
  };
}

/**
 * Yields the bytes of ascending ranges in pieces of `length`, the last one shorter; each has a buffer of its
 * own. If the source ends early, so do the pieces.
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

export function isGzip(head: Buffer): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** Reads the contents of a gzip file, decompressed from the beginning with each read. */
export function gunzippedBytes(packed: ByteSource): ByteSource {
  return {
    name: packed.name,
    size: undefined,
    isSeekable: false,
    read(start, end, signal) {
      const gunzip = createGunzip();
      // Errors are thrown where the stream is read.
      pipeline(Readable.from(packed.read(0, Number.POSITIVE_INFINITY)), gunzip, () => {});
      return sliceStream(packed.name, gunzip, start, end, signal);
    },
  };
}

/**
 * Yields the bytes from `start` to before `end` of a stream that can only be read from its beginning, and
 * stops the stream there.
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
