import { fileURLToPath } from 'node:url';
import { markdownTable } from '@fuseinit/markdown';
import { type BackendName, backendNames } from '@fuseinit/node-backends';
import { defineBenchmark } from '../command/benchmark.js';
import { choiceOf, countOf, readFlags } from '../command/flags.js';
import { inChild } from '../measuring/in-child.js';
import { interleave, type Spread, spreadOf } from '../measuring/measurements.js';
import type { Measured, Recorded, Row } from '../measuring/record.js';
import { percent, time, timeSpread } from '../report/format.js';
import { type FuseAnswer, type FuseOrder, type Solver, solvers } from './fuse-order.js';
import { phases } from './watched-fuse.js';

/** A fusion that was measured several times. */
export interface FuseRow extends Row, FuseOrder {
  readonly total: Spread;
  /** The phases of the run with the median total. */
  readonly seconds: FuseAnswer['seconds'];
  /** The share of the time that is neither forward passes nor products. */
  readonly overhead: number;
  readonly bytesBefore: number;
  /** The highest peak of all runs. */
  readonly peakBytes: number;
}

/** Makes one row from several runs of the same order. */
export function fuseRow(order: FuseOrder, answers: readonly FuseAnswer[], total: Spread): FuseRow {
  const { seconds, bytesBefore } = middleOf(answers);
  const whole = totalOf(seconds);
  return {
    key: `${order.backend}, solver ${order.solver}, teacher ${order.teacher}, ${order.samples} samples`,
    ...order,
    total,
    seconds,
    overhead: (whole - seconds.forward - seconds.products) / whole,
    bytesBefore,
    peakBytes: Math.max(...answers.map(({ peakBytes }) => peakBytes)),
  };
}

/** Returns the sum of all phases. */
function totalOf(seconds: FuseAnswer['seconds']): number {
  return Object.values(seconds).reduce((sum, spent) => sum + spent, 0);
}

function middleOf(answers: readonly FuseAnswer[]): FuseAnswer {
  const sorted = [...answers].sort((a, b) => totalOf(a.seconds) - totalOf(b.seconds));
  return sorted[Math.floor((sorted.length - 1) / 2)]!;
}

/** The largest share of a fusion's time that may go to anything but forward passes and products. */
const allowedOverhead = 0.2;

/** Writes the table of fusions. */
function fuseSection({ rows }: Recorded<FuseRow>): string {
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

/** Says whether memory grows with the samples, by the fewest and the most samples on each backend. */
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

const sampleCounts = ['250', '1000', '4000'] as const;
const widths = ['1', '2', '4'] as const;
/** The number of calibration samples for the runs over width. */
const samplesOfWidths = 1000;

interface Settings {
  readonly backends: readonly BackendName[];
  readonly solvers: readonly Solver[];
  readonly samples: readonly string[];
  readonly widths: readonly string[];
  readonly repeats: number;
}

/** Measures `fuse` phase by phase, over sample counts and over teacher widths. */
export const fuseBenchmark = defineBenchmark<Settings, FuseRow>({
  name: 'fuse',
  usage: `the whole of fuse() on the FashionMNIST teacher, phase by phase: time and memory over samples and width
    --samples 250,1000  some of ${sampleCounts} calibration images of the demo’s teacher (default all; none with 'none')
    --widths 1,2        some of ${widths} times its filters, ${samplesOfWidths} images (default all; none with 'none')
    --backend NAMES     some of ${backendNames} (default wasm)
    --solver NAMES      some of ${solvers} (default wasm)
    --repeats N         runs of each, every one in a process of its own (default 3)`,
  read(argv) {
    const flags = readFlags(argv, ['samples', 'widths', 'backend', 'solver', 'repeats']);
    return {
      backends: choiceOf('backend', flags.backend ?? 'wasm', backendNames),
      solvers: choiceOf('solver', flags.solver ?? 'wasm', solvers),
      samples: flags.samples === 'none' ? [] : choiceOf('samples', flags.samples, sampleCounts),
      widths: flags.widths === 'none' ? [] : choiceOf('widths', flags.widths, widths),
      repeats: countOf('repeats', flags.repeats, 3),
    };
  },
  run,
  section: fuseSection,
});

async function run(
  { backends, solvers: chosenSolvers, samples, widths, repeats }: Settings,
  onProgress: (activity: string) => void,
): Promise<Measured<FuseRow>> {
  const teachers: Pick<FuseOrder, 'samples' | 'teacher'>[] = [
    ...samples.map((count) => ({ samples: Number(count), teacher: 'demo' as const })),
    ...widths.map((width) => ({ samples: samplesOfWidths, teacher: Number(width) })),
  ];
  const orders = backends.flatMap((backend) =>
    chosenSolvers.flatMap((solver) =>
      teachers.map((teacher): FuseOrder => ({ backend, solver, ...teacher })),
    ),
  );
  const module = fileURLToPath(new URL('./fuse-process.js', import.meta.url));
  const software: Record<string, string> = {};
  const answers = await interleave(
    orders.map((order) => async () => {
      onProgress(
        `${order.backend}, solver ${order.solver}, ${order.samples} samples, teacher ${order.teacher}`,
      );
      const answer = await inChild<FuseAnswer>(module, order);
      software[order.backend] = answer.computesOn;
      software[`solver ${order.solver}`] = answer.solvesBy;
      return answer;
    }),
    // Every run has a process of its own, so there is nothing to warm up.
    { repeats, warmUps: 0 },
  );
  const rows = orders.map((order, index) =>
    fuseRow(order, answers[index]!, spreadOf(answers[index]!.map(({ seconds }) => totalOf(seconds)))),
  );
  return { software, rows };
}
