import { fileURLToPath } from 'node:url';
import { nodeGpuStatus } from '@fuseinit/backend-node-gpu';
import { FuseInitError } from '@fuseinit/core';
import { defineBenchmark } from '../command/benchmark.js';
import { countOf, readFlags } from '../command/flags.js';
import { inChild } from '../measuring/in-child.js';
import type { Measured } from '../measuring/record.js';
import type { ProductsAnswer, ProductsOrder } from './products-order.js';
import { type ProductsRow, productsRow } from './products-row.js';
import { productsSection } from './products-section.js';

const spans = [
  { from: 'conv1', to: 'conv2', width: 1 },
  { from: 'conv2', to: 'conv3', width: 1 },
  { from: 'conv3', to: 'conv4', width: 1 },
  { from: 'conv4', to: 'dense', width: 1 },
  { from: 'conv3', to: 'conv4', width: 4 },
];

type Asked = Pick<ProductsOrder, 'samples' | 'repeats'>;

/** Who multiplies faster where TensorFlow's library is there. */
export const productsBenchmark = defineBenchmark<Asked, ProductsRow>({
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

async function run(asked: Asked, tell: (doing: string) => void): Promise<Measured<ProductsRow>> {
  if (nodeGpuStatus().state !== 'built') {
    throw new FuseInitError('BACKEND_UNAVAILABLE', 'node-gpu is not built here: run npm run libtensorflow.');
  }
  const module = fileURLToPath(new URL('./products-process.js', import.meta.url));
  const software: Record<string, string> = {};
  const rows: ProductsRow[] = [];
  for (const span of spans) {
    const order = { ...span, ...asked };
    tell(`${span.from} to ${span.to}, ${span.width}x the filters`);
    const answer = await inChild<ProductsAnswer>(module, order);
    software['native library'] = answer.computesOn;
    software.WebAssembly = answer.linalg;
    rows.push(productsRow(order, answer));
  }
  return { software, rows };
}
