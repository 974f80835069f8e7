import { fileURLToPath } from 'node:url';
import { nodeGpuStatus } from '@fuseinit/backend-node-gpu';
import { FuseInitError } from '@fuseinit/core';
import { markdownTable } from '@fuseinit/markdown';
import { defineBenchmark } from '../command/benchmark.js';
import { countOf, readFlags } from '../command/flags.js';
import { inChild } from '../measuring/in-child.js';
import { type Spread, spreadOf } from '../measuring/measurements.js';
import type { Measured, Recorded, Row } from '../measuring/record.js';
import { timeSpread, times as timesText } from '../report/format.js';
import { type Contender, contenders, type ProductsAnswer, type ProductsOrder } from './products-order.js';

/** The times of one span by each contender, in seconds. */
export interface ProductsRow extends Row {
  readonly span: string;
  readonly width: number;
  readonly patchSize: number;
  readonly samples: number;
  readonly times: Readonly<Record<Contender, Spread>>;
  /** The ratio of the native library's time to that of WebAssembly. */
  readonly ratio: number;
}

function productsRow(
  { from, to, width, samples }: ProductsOrder,
  { seconds, patchSize }: ProductsAnswer,
): ProductsRow {
  const times = Object.fromEntries(contenders.map((name) => [name, spreadOf(seconds[name])])) as Record<
    Contender,
    Spread
  >;
  return {
    key: `${from} to ${to}, ${width}x the filters`,
    span: `${from} to ${to}`,
    width,
    patchSize,
    samples,
    times,
    ratio: times.device.median / times.linalg.median,
  };
}

/** Writes the table of which contender multiplies faster on the native backend. */
function productsSection({ rows }: Recorded<ProductsRow>): string {
  const table = markdownTable(
    ['span', 'filters', 'inputs', 'samples', 'native library', 'WebAssembly', 'native / WebAssembly'],
    rows.map(({ span, width, patchSize, samples, times, ratio }) => [
      span,
      `${width}x`,
      patchSize.toLocaleString('en-US'),
      samples.toLocaleString('en-US'),
      timeSpread(times.device),
      timeSpread(times.linalg),
      timesText(ratio),
    ]),
    2,
  );
  const native = rows.filter(({ times }) => times.device.median < times.linalg.median);
  return [
    'Statistics of one span on the native backend, forward passes included: its moments summed by TensorFlow’s library, and ' +
      'by `@fuseinit/linalg`, which `fuse` takes by default. They take turns; medians, the fastest and the slowest in ' +
      'brackets.',
    table,
    native.length === 0
      ? '**The native library is the faster one nowhere in this table.**'
      : `**The native library is the faster one in ${native.map(({ key }) => key).join('; ')}.**`,
  ].join('\n\n');
}

const spans = [
  { from: 'conv1', to: 'conv2', width: 1 },
  { from: 'conv2', to: 'conv3', width: 1 },
  { from: 'conv3', to: 'conv4', width: 1 },
  { from: 'conv4', to: 'dense', width: 1 },
  { from: 'conv3', to: 'conv4', width: 4 },
];

type Settings = Pick<ProductsOrder, 'samples' | 'repeats'>;

/** Compares how fast TensorFlow's native library and our WebAssembly multiply. */
export const productsBenchmark = defineBenchmark<Settings, ProductsRow>({
  name: 'products',
  usage: `on the native backend, its products against WebAssembly, span by span (needs npm run libtensorflow)
    --samples N    images (default 2048)
    --repeats N    turns that count (default 3)`,
  read(argv) {
    const flags = readFlags(argv, ['samples', 'repeats']);
    return {
      samples: countOf('samples', flags.samples, 2048),
      repeats: countOf('repeats', flags.repeats, 3),
    };
  },
  run,
  section: productsSection,
});

async function run(
  settings: Settings,
  onProgress: (activity: string) => void,
): Promise<Measured<ProductsRow>> {
  if (nodeGpuStatus().state !== 'built') {
    throw new FuseInitError('BACKEND_UNAVAILABLE', 'node-gpu is not built here: run npm run libtensorflow.');
  }
  const module = fileURLToPath(new URL('./products-process.js', import.meta.url));
  const software: Record<string, string> = {};
  const rows: ProductsRow[] = [];
  for (const span of spans) {
    const order = { ...span, ...settings };
    onProgress(`${span.from} to ${span.to}, ${span.width}x the filters`);
    const answer = await inChild<ProductsAnswer>(module, order);
    software['native library'] = answer.computesOn;
    software.WebAssembly = answer.linalg;
    rows.push(productsRow(order, answer));
  }
  return { software, rows };
}
