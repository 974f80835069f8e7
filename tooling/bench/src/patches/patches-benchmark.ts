import { join } from 'node:path';
import { createLinearAlgebra, type WasmLinearAlgebra } from '@fuseinit/linalg';
import { defineBenchmark } from '../command/benchmark.js';
import { countOf, readFlags } from '../command/flags.js';
import { interleave } from '../measuring/interleave.js';
import type { Measured } from '../measuring/record.js';
import { realImages } from '../numpy/real-images.js';
import { geometryOf, type PatchCase, patchCases } from './patch-cases.js';
import { type Method, methods, type PatchesRow, patchesRow } from './patches-row.js';
import { patchesSection } from './patches-section.js';

const images = 256;
const batchSize = 64;

interface Asked {
  readonly repeats: number;
  readonly data: string;
}

/** Both ways to sum over the patches of a convolution, and whether the choice between them is right. */
export const patchesBenchmark = defineBenchmark<Asked, PatchesRow>({
  name: 'patches',
  usage: `both ways to sum over the patches of a convolution, and the choice between them
    --repeats N    turns that count (default 5)
    --data FOLDER  of data sets (default data)`,
  read(argv) {
    const flags = readFlags(argv, ['repeats', 'data']);
    return { repeats: countOf('repeats', flags.repeats, 5), data: flags.data ?? 'data' };
  },
  run,
  section: patchesSection,
});

async function run({ repeats, data }: Asked, tell: (doing: string) => void): Promise<Measured<PatchesRow>> {
  const linalg = await createLinearAlgebra();
  const pixels = realImages(join(data, 'fashion-mnist'), 2048);
  const rows: PatchesRow[] = [];
  try {
    for (const patchCase of patchCases) {
      const [inputs, targets] = [
        cut(pixels, patchCase.size, patchCase.channels, images),
        cut(pixels, geometryOf(patchCase).outputSize[0]!, patchCase.filters, images),
      ];
      const turns = await interleave(
        methods.map((method) => () => secondsOf(linalg, patchCase, method, inputs, targets)),
        { repeats, rest: 0 },
      );
      rows.push(patchesRow(patchCase, turns));
      tell(rows.at(-1)!.key);
    }
  } finally {
    await linalg.close();
  }
  return { software: { linalg: linalg.name }, rows };
}

async function secondsOf(
  linalg: WasmLinearAlgebra,
  patchCase: PatchCase,
  method: Method,
  inputs: Float32Array,
  targets: Float32Array,
): Promise<number> {
  const start = performance.now();
  const sums = await linalg.createSums({
    geometry: geometryOf(patchCase),
    channels: patchCase.channels,
    outFeatures: patchCase.filters,
    batchSize,
    ...(method !== 'chosen' && { method }),
  });
  const [input, target] = [inputs.length / images, targets.length / images];
  for (let first = 0; first < images; first += batchSize) {
    const end = first + batchSize;
    await sums.add(
      inputs.subarray(first * input, end * input),
      targets.subarray(first * target, end * target),
    );
  }
  await sums.take();
  sums.dispose();
  return (performance.now() - start) / 1000;
}

/** Pieces of images as images of so many channels, each channel from another image. */
function cut(pixels: Float32Array, size: number, channels: number, count: number): Float32Array {
  const values = new Float32Array(count * size * size * channels);
  let at = 0;
  for (let image = 0; image < count; image++) {
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) {
        for (let channel = 0; channel < channels; channel++) {
          const source = (image * 7 + channel * 31) % 2048;
          values[at++] = pixels[source * 784 + (row % 28) * 28 + (column % 28)]!;
        }
      }
    }
  }
  return values;
}
