import type { Recorded } from '../measuring/record.js';
import { percent, time, timeSpread } from '../report/format.js';
import { markdownTable } from '../report/markdown-table.js';
import type { FuseRow } from './fuse-row.js';
import { phases } from './phase-clock.js';

/** Of a fusion's time, what may go to anything but forward passes and products. */
const allowedOverhead = 0.2;

/** The table of whole fusions. */
export function fuseSection({ rows }: Recorded<FuseRow>): string {
  const table = markdownTable(
    ['teacher', 'backend', 'solver', 'samples', 'in all', ...phases, 'overhead', 'memory before', 'peak'],
    rows.map((row) => [
      row.teacher === 'demo' ? 'the demo’s' : `${row.teacher}x the filters`,
      row.backend,
      row.solver,
      row.samples.toLocaleString('en'),
      timeSpread(row.total),
      ...phases.map((phase) => time(row.seconds[phase])),
      percent(row.overhead),
      mebibytes(row.bytesBefore),
      mebibytes(row.peakBytes),
    ]),
    3,
  );
  return [
    '`fuse` on the FashionMNIST teacher, the two fusions of `npm run demo` with its refits, each run in a process of its ' +
      'own: medians, the fastest and the slowest run in brackets, phases of the run in the middle. _Forward_ runs teacher ' +
      'and student, _products_ is the backend’s work on moments, _overhead_ all that is neither. Teachers of more filters ' +
      'have drawn weights on real images, since time doesn’t depend on them.',
    table,
    overheadSentence(rows),
    ...memorySentence(rows),
  ].join('\n\n');
}

function overheadSentence(rows: readonly FuseRow[]): string {
  const above = rows.filter(({ overhead }) => overhead >= allowedOverhead);
  const bar = `Overhead is to stay under ${percent(allowedOverhead)}`;
  if (above.length === 0) return `**${bar}: it does in every row.**`;
  return `**${bar}. It doesn’t: ${above.map(({ key, overhead }) => `${key} (${percent(overhead)})`).join('; ')}.**`;
}

/** Whether memory grows with the samples, by the fewest and the most of each backend. */
function memorySentence(rows: readonly FuseRow[]): string[] {
  const demo = rows.filter(({ teacher }) => teacher === 'demo').sort((a, b) => a.samples - b.samples);
  const ways = [...new Set(demo.map(wayOf))];
  const sentences = ways.flatMap((way) => {
    const own = demo.filter((row) => wayOf(row) === way);
    const [fewest, most] = [own[0]!, own.at(-1)!];
    if (fewest === most) return [];
    const growth = most.peakBytes / fewest.peakBytes - 1;
    return `On ${way}, ${Math.round(most.samples / fewest.samples)} times the samples change the peak of memory by ${growth < 0 ? '−' : '+'}${percent(Math.abs(growth))}.`;
  });
  return sentences.length > 0 ? [sentences.join(' ')] : [];
}

function wayOf({ backend, solver }: FuseRow): string {
  return `${backend}, solver ${solver}`;
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20).toLocaleString('en')} MiB`;
}
