/** Bytes that can be read from any place on. */
export interface ByteSource {
  /** For messages: the path, and what part of it. */
  readonly name: string;
  /** Undefined where only reading to the end would tell. */
  readonly size: number | undefined;
  /**
   * From `start` to before `end`, in pieces of any length; fewer where the bytes end before.
   *
   * @throws ABORTED when the signal fires, also while what comes before is unpacked.
   */
  read(start: number, end: number, signal?: AbortSignal): AsyncIterable<Uint8Array>;
}

/** The first bytes, `length` of them or as many as there are. */
export async function readHead(source: ByteSource, length: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of source.read(0, length)) pieces.push(piece);
  return Buffer.concat(pieces);
}
