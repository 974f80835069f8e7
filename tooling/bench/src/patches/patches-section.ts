import type { Recorded } from '../measuring/record.js';
import { timeSpread, times as timesText } from '../report/format.js';
import { markdownTable } from '../report/markdown-table.js';
import type { PatchesRow } from './patches-row.js';

/** The table of both ways to sum over patches, and of the choice between them. */
export function patchesSection({ rows }: Recorded<PatchesRow>): string {
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
