import type { FileHandle } from 'node:fs/promises';
import { unreadable } from '../data-errors.js';
import type { ByteSource } from './byte-source.js';

const pieceBytes = 2 ** 18;

/** Bytes of an open file. FileHandle.createReadStream would leave a listener on the handle with each pass. */
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
