import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { ByteSource } from './byte-source.js';
import { sliceStream } from './slice-stream.js';

export function isGzip(head: Buffer): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** What a gzip file holds, unpacked from its beginning with each read. */
export function gunzippedBytes(packed: ByteSource): ByteSource {
  return {
    name: packed.name,
    size: undefined,
    isSeekable: false,
    read(start, end, signal) {
      const gunzip = createGunzip();
      // What fails is thrown where the stream is read.
      pipeline(Readable.from(packed.read(0, Number.POSITIVE_INFINITY)), gunzip, () => {});
      return sliceStream(packed.name, gunzip, start, end, signal);
    },
  };
}
