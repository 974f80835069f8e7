import type { Benchmark } from '../command/benchmark.js';
import type { Machine, Recorded } from '../measuring/record.js';

/** A benchmark and its recorded results, if it has been run. */
export interface Reported {
  readonly benchmark: Pick<Benchmark, 'name' | 'section'>;
  readonly recorded: Recorded | undefined;
}

const titles: Readonly<Record<string, string>> = {
  numpy: 'Linear algebra against NumPy',
  fuse: 'The whole of fuse()',
  patches: 'Patches of convolutions',
  products: 'Who multiplies on the native backend',
  simplify: 'Simplified networks',
  inference: 'Teacher against student',
  'wasm-training': 'Training without a native library',
};

/** Writes the performance page in Markdown from recorded results alone. */
export function performancePage(reported: readonly Reported[]): string {
  return `${[
    '# Performance',
    'How long things take, and where we are the slower ones. `npm run bench -- report` wrote this page, its words ' +
      'included, from what the benchmarks recorded in `tooling/bench/results`; each section names the command that ' +
      'measures it again. Times are of one machine: compare within a table, not between machines.',
    ...reported.map(section),
  ].join('\n\n')}\n`;
}

function section({ benchmark, recorded }: Reported): string {
  const title = `## ${titles[benchmark.name] ?? benchmark.name}`;
  const command = `\`npm run bench -- ${benchmark.name}\``;
  if (!recorded || recorded.rows.length === 0) {
    return `${title}\n\n**Not run yet**: ${command} measures it.`;
  }
  return [title, benchmark.section(recorded), measuredOn(recorded, command)].join('\n\n');
}

function measuredOn({ machine, software, rows }: Recorded, command: string): string {
  const days = [...new Set(rows.map(({ date }) => date))].sort();
  const when = days.length === 1 ? days[0] : `${days[0]} to ${days.at(-1)}`;
  const versions = Object.entries(software).map(([name, version]) => `${name}: ${version}`);
  return `Measured by ${command} on ${when}: ${machineText(machine)}. ${versions.join('; ')}.`;
}

function machineText({ cpu, cores, memoryGiB, system, node }: Machine): string {
  return `${cpu}, ${cores} ${cores === 1 ? 'core' : 'cores'}, ${memoryGiB} GiB, ${system}, Node ${node}`;
}
