import type { Recorded } from '../measuring/record.js';
import { digits, times } from '../report/format.js';
import { markdownTable } from '../report/markdown-table.js';
import { whereSlower } from '../report/slower.js';
import type { WasmTrainingRow } from './wasm-training-row.js';

/** The table of training without the native library. */
export function wasmTrainingSection({ rows }: Recorded<WasmTrainingRow>): string {
  const table = markdownTable(
    ['network', 'trained on', 'samples / s', 'lowest to highest', 'over cpu'],
    rows.map(({ network, contender, samplesPerSecond: { median, lowest, highest }, ratio }) => [
      network,
      contender,
      digits(median),
      `${digits(lowest)} to ${digits(highest)}`,
      times(ratio),
    ]),
    2,
  );
  return [
    'Training steps of SGD on FashionMNIST in npm packages alone: TensorFlow.js’s WASM backend with the gradients of ' +
      '@fuseinit/wasm-gradients against its backend in plain JavaScript, which is all there is without them. They take ' +
      'turns; medians.',
    table,
    whereSlower(
      'plain JavaScript',
      rows.map(({ key: name, ratio }) => ({ name, ratio })),
    ),
  ].join('\n\n');
}
