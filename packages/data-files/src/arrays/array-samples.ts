import { type ByteSource, fixedPieces, readHead } from '../bytes/byte-source.js';
import { invalid } from '../data-errors.js';
import type { SampleSource } from '../sample-source.js';
import {
  type ArrayLayout,
  decodeElements,
  idxHeaderEnd,
  idxLayout,
  idxStart,
  npyHeaderEnd,
  npyLayout,
  npyStart,
  requireSize,
} from './array-layout.js';

/** @throws DATA_FILE_INVALID as {@link npyLayout} and {@link arraySamples} do. */
export async function npySamples(bytes: ByteSource): Promise<SampleSource> {
  const end = npyHeaderEnd(bytes.name, await readHead(bytes, npyStart));
  return arraySamples(bytes, npyLayout(bytes.name, await readHead(bytes, end), end));
}

/** @throws DATA_FILE_INVALID as {@link idxLayout} and {@link arraySamples} do. */
export async function idxSamples(bytes: ByteSource): Promise<SampleSource> {
  const end = idxHeaderEnd(bytes.name, await readHead(bytes, idxStart));
  return arraySamples(bytes, idxLayout(bytes.name, await readHead(bytes, end), end));
}

/**
 * Opens an array as samples along its first axis.
 *
 * @throws DATA_FILE_INVALID when there are none, or the bytes are more or fewer than the shape needs.
 */
function arraySamples(bytes: ByteSource, layout: ArrayLayout): SampleSource {
  const { type, order, shape, offset } = layout;
  const [count = 0, ...sampleShape] = shape;
  const sampleBytes = sampleShape.reduce((product, length) => product * length, type.bytes);
  if (count * sampleBytes === 0) {
    throw invalid(
      bytes.name,
      `holds no samples: its shape is [${shape.join(', ')}]. Give one that has some.`,
    );
  }
  if (bytes.size !== undefined) requireSize(bytes.name, bytes.size, layout);
  return {
    name: bytes.name,
    count,
    sampleShape,
    contents: type.name,
    dtype: type.name,
    holds: type.name === 'uint8' ? 'bytes' : 'numbers',
    order: 'in file order',
    async *read({ ranges, size, signal }) {
      const byteRanges = ranges.map(({ first, end }) => ({
        start: offset + first * sampleBytes,
        end: offset + end * sampleBytes,
      }));
      let left = ranges.reduce((sum, { first, end }) => sum + end - first, 0);
      for await (const piece of fixedPieces(bytes, byteRanges, size * sampleBytes, signal)) {
        const samples = Math.min(size, left);
        if (piece.length < samples * sampleBytes) break;
        yield decodeElements(type, order, piece);
        left -= samples;
      }
      if (left > 0) {
        const { end } = ranges.at(-1)!;
        throw invalid(bytes.name, `ends before sample ${end} of ${count}: it is cut short. Copy it again.`);
      }
    },
  };
}
