import type { ByteSource } from '../bytes/byte-source.js';
import { fixedPieces } from '../bytes/fixed-pieces.js';
import { invalid } from '../data-errors.js';
import type { SampleSource } from '../sample-source.js';
import { decodeElements, type ElementType } from './element-type.js';

/** How an array, row-major, lies in bytes. */
export interface ArrayLayout {
  readonly type: ElementType;
  readonly order: 'LE' | 'BE';
  readonly shape: readonly number[];
  /** Bytes before the first element. */
  readonly offset: number;
}

/**
 * An array as samples along its first axis.
 *
 * @throws DATA_FILE_INVALID when there are none, or the bytes are more or fewer than the shape needs.
 */
export function arraySamples(bytes: ByteSource, { type, order, shape, offset }: ArrayLayout): SampleSource {
  const [count = 0, ...sampleShape] = shape;
  const sampleBytes = sampleShape.reduce((product, length) => product * length, type.bytes);
  if (count * sampleBytes === 0) {
    throw invalid(
      bytes.name,
      `holds no samples: its shape is [${shape.join(', ')}]. Give one that has some.`,
    );
  }
  const expected = offset + count * sampleBytes;
  if (bytes.size !== undefined && bytes.size !== expected) {
    throw invalid(bytes.name, wrongSize(bytes.size, expected, `[${shape.join(', ')}] of ${type.name}`));
  }
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

function wrongSize(came: number, expected: number, what: string): string {
  const why = came < expected ? 'it is cut short' : 'something follows the array';
  return `has ${came} bytes: ${expected} were expected for ${what}; ${why}. Copy or save it again.`;
}
