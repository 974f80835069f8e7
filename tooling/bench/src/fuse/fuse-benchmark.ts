import { fileURLToPath } from 'node:url';
import { type BackendName, backendNames } from '@fuseinit/node-backends';
import { defineBenchmark } from '../command/benchmark.js';
import { choiceOf, countOf, readFlags } from '../command/flags.js';
import { inChild } from '../measuring/in-child.js';
import { interleave } from '../measuring/interleave.js';
import type { Measured } from '../measuring/record.js';
import { spreadOf } from '../measuring/spread.js';
import { type FuseAnswer, type FuseOrder, type Solver, solvers } from './fuse-order.js';
import { type FuseRow, fuseRow, totalOf } from './fuse-row.js';
import { fuseSection } from './fuse-section.js';

const sampleCounts = ['250', '1000', '4000'] as const;
const widths = ['1', '2', '4'] as const;
/** Of every width. */
const samplesOfWidths = 1000;

interface Asked {
  readonly backends: readonly BackendName[];
  readonly solvers: readonly Solver[];
  readonly samples: readonly string[];
  readonly widths: readonly string[];
  readonly repeats: number;
}

/** The whole of `fuse`, phase by phase, over samples and over width. */
export const fuseBenchmark = defineBenchmark<Asked, FuseRow>({
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
  { backends, solvers: asked, samples, widths, repeats }: Asked,
  tell: (doing: string) => void,
): Promise<Measured<FuseRow>> {
  const teachers: Pick<FuseOrder, 'samples' | 'teacher'>[] = [
    ...samples.map((count) => ({ samples: Number(count), teacher: 'demo' as const })),
    ...widths.map((width) => ({ samples: samplesOfWidths, teacher: Number(width) })),
  ];
  const orders = backends.flatMap((backend) =>
    asked.flatMap((solver) => teachers.map((teacher): FuseOrder => ({ backend, solver, ...teacher }))),
  );
  const module = fileURLToPath(new URL('./fuse-process.js', import.meta.url));
  const software: Record<string, string> = {};
  const answers = await interleave(
    orders.map((order) => async () => {
      tell(`${order.backend}, solver ${order.solver}, ${order.samples} samples, teacher ${order.teacher}`);
      const answer = await inChild<FuseAnswer>(module, order);
      software[order.backend] = answer.computesOn;
      software[`solver ${order.solver}`] = answer.solvesBy;
      return answer;
    }),
    // A process has nothing warm: its first run counts.
    { repeats, warmUps: 0 },
  );
  const rows = orders.map((order, index) =>
    fuseRow(order, answers[index]!, spreadOf(answers[index]!.map(({ seconds }) => totalOf(seconds)))),
  );
  return { software, rows };
}
