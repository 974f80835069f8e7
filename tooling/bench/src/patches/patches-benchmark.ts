import { join } from 'node:path';
import { type PatchGeometry, patchGeometry } from '@fuseinit/core';
import { createLinearAlgebra, type WasmLinearAlgebra } from '@fuseinit/linalg';
import { markdownTable } from '@fuseinit/markdown';
import { defineBenchmark } from '../command/benchmark.js';
import { countOf, readFlags } from '../command/flags.js';
import { interleave, type Spread, spreadOf } from '../measuring/measurements.js';
import type { Measured, Recorded, Row } from '../measuring/record.js';
import { realImages } from '../numpy/problems.js';
import { timeSpread, times as timesText } from '../report/format.js';

/** A convolution whose patches are summed over. */
interface PatchCase {
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly channels: number;
  readonly filters: number;
}

const sizes = [
  { size: 28, channels: 1 },
  { size: 28, channels: 3 },
  { size: 14, channels: 16 },
  { size: 14, channels: 64 },
];

/**
 * The cases have kernels from a point to most of the image, with strides at which patches share much, little
 * and nothing.
 */
const patchCases: readonly PatchCase[] = sizes.flatMap(({ size, channels }) =>
  [
    { kernel: 1, stride: 1 },
    { kernel: 3, stride: 1 },
    { kernel: 3, stride: 3 },
    { kernel: 5, stride: 1 },
    { kernel: 5, stride: 2 },
    { kernel: 9, stride: 1 },
  ]
    // Larger cases take minutes a turn.
    .filter(({ kernel }) => kernel ** 2 * channels <= 2048)
    .map((window) => ({ size, channels, filters: 32, ...window })),
);

function geometryOf({ size, kernel, stride }: PatchCase): PatchGeometry {
  return patchGeometry({
    inputSize: [size, size],
    kernelSize: [kernel, kernel],
    strides: [stride, stride],
    padding: 'same',
  });
}

/** The ways to sum: two that are forced, and the one that the library chooses. */
const methods = ['pixels', 'patches', 'chosen'] as const;

type Method = (typeof methods)[number];

/** The times of one convolution in each way, in seconds. */
export interface PatchesRow extends Row, PatchCase {
  readonly times: Readonly<Record<Method, Spread>>;
  /** The ratio of the faster way to the chosen way. */
  readonly ratio: number;
}

function patchesRow(patchCase: PatchCase, turns: readonly (readonly number[])[]): PatchesRow {
  const times = Object.fromEntries(methods.map((method, index) => [method, spreadOf(turns[index]!)]));
  const { pixels, patches, chosen } = times as Record<Method, Spread>;
  const { size, kernel, stride, channels } = patchCase;
  return {
    ...patchCase,
    key: `${size}x${size}x${channels}, kernel ${kernel}, stride ${stride}`,
    times: { pixels: pixels!, patches: patches!, chosen: chosen! },
    ratio: Math.min(pixels!.median, patches!.median) / chosen!.median,
  };
}

/** Writes the table of both ways and of the choice between them. */
function patchesSection({ rows }: Recorded<PatchesRow>): string {
  const table = markdownTable(
    ['input', 'kernel', 'stride', 'by pixels', 'by patches', 'as chosen', 'faster / chosen'],
    rows.map(({ size, channels, kernel, stride, times, ratio }) => [
      `${size}x${size}x${channels}`,
      `${kernel}x${kernel}`,
      String(stride),
      timeSpread(times.pixels),
      timeSpread(times.patches),
      timeSpread(times.chosen),
      timesText(ratio),
    ]),
    1,
  );
  const wrong = rows.filter(({ ratio }) => ratio < 0.8);
  return [
    'Moments of the patches of a convolution, 256 images in batches of 64, targets of 32 features: products of pairs of ' +
      'pixels that are added wherever they belong, patches written out, and whichever `@fuseinit/linalg` chooses by its ' +
      'formula. They take turns; medians, the fastest and the slowest in brackets.',
    table,
    wrong.length === 0
      ? '**The choice costs less than a quarter more than the faster way everywhere in this table.**'
      : `**The choice costs more than a quarter more than the faster way for ${wrong.map(({ key }) => key).join('; ')}.**`,
  ].join('\n\n');
}

const images = 256;
const batchSize = 64;

interface Settings {
  readonly repeats: number;
  readonly data: string;
}

/**
 * Compares both ways to sum over the patches of a convolution, and tests whether the choice between them is
 * right.
 */
export const patchesBenchmark = defineBenchmark<Settings, PatchesRow>({
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

async function run(
  { repeats, data }: Settings,
  onProgress: (activity: string) => void,
): Promise<Measured<PatchesRow>> {
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
      onProgress(rows.at(-1)!.key);
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

/** Cuts images of so many channels from the pixels, each channel from another image. */
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
