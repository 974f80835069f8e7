import type { Recorded } from '../measuring/record.js';
import { timeSpread, times as timesText } from '../report/format.js';
import { markdownTable } from '../report/markdown-table.js';
import type { ProductsRow } from './products-row.js';

/** The table of who multiplies faster on the native backend. */
export function productsSection({ rows }: Recorded<ProductsRow>): string {
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
