import { startBackend } from '@fuseinit/node-backends';
import { compareLatency, type Latency } from '@fuseinit/planner';
import type { ModelFormat } from '@fuseinit/tfjs/internal';
import type { Command } from 'commander';
import { loadRunnable } from '../../model/load-model.js';
import { formatOption } from '../../output/model-output.js';
import { addBackendOptions, type BackendOptions } from '../../program/common-options.js';
import type { ExitCode } from '../../program/exit-code.js';
import { number, wholeNumber } from '../../program/option-values.js';
import { type Outcome, runCommand, type Session } from '../../program/run-command.js';
import { count, milliseconds } from '../../terminal/figures.js';
import { table } from '../../terminal/table.js';

interface BenchOptions extends BackendOptions {
  readonly format: ModelFormat;
  readonly batchSize: number;
  readonly repeats: number;
  readonly seconds: number;
}

export function defineBench(program: Command, ended: (code: ExitCode) => void): void {
  const command = program
    .command('bench')
    .description('How long a model takes for one batch, beside another one in turns.')
    .argument('<model>', 'a folder with a model.json, or that file')
    .argument('[student]', 'another one')
    .addOption(
      formatOption('what LayersModels are timed as: layers, or graph, a GraphModel of fused kernels'),
    )
    .option('--batch-size <n>', 'samples at a time', wholeNumber(1), 1)
    .option('--repeats <n>', 'warm runs of each at most', wholeNumber(3), 200)
    .option('--seconds <s>', 'for the warm runs of each', number(0), 5);
  addBackendOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  fuseinit bench teacher student
  fuseinit bench student --backend wasm --batch-size 32
  fuseinit bench teacher simplified --format graph`,
    )
    .action(async (model: string, student: string | undefined, options: BenchOptions) => {
      const paths = student === undefined ? [model] : [model, student];
      ended(await runCommand(options, (session) => benchModels(paths, options, session)));
    });
}

async function benchModels(
  paths: readonly string[],
  { backend, format, batchSize, repeats, seconds }: BenchOptions,
  { signal, warn, progress }: Session,
): Promise<Outcome> {
  const { tf, name, computesOn } = await startBackend(backend, warn);
  const loaded = [];
  for (const path of paths) loaded.push(await loadRunnable(tf, path, format, warn));
  progress.show('timing');
  const latencies = await compareLatency(
    tf,
    loaded.map(({ model }) => model),
    { batchSize, repeats, seconds, signal },
  );
  const results = loaded.map(({ path, format, bytes }, index) => ({
    model: path,
    format,
    bytes,
    ...latencies[index]!,
  }));
  const [first, second] = results;
  const ratio = second ? second.median / first!.median : null;
  return {
    text: benchText(results, ratio, `${batchSize} a batch, ${name} (${computesOn})`),
    data: { backend: name, computesOn, batchSize, unit: 'seconds', models: results, ratio },
  };
}

function benchText(
  results: readonly (Latency & {
    readonly model: string;
    readonly format: ModelFormat;
    readonly bytes: number;
  })[],
  ratio: number | null,
  conditions: string,
): string {
  const told = table(
    [
      { head: 'model', isFlexible: true },
      { head: 'runs as' },
      { head: 'bytes', align: 'right' },
      { head: 'median', align: 'right' },
      { head: 'quartiles', align: 'right' },
      { head: 'first run', align: 'right' },
      { head: 'runs', align: 'right' },
    ],
    results.map(({ model, format, bytes, median, low, high, first, count: runs }) => [
      model,
      format,
      count(bytes),
      milliseconds(median),
      `${milliseconds(low).replace(' ms', '')} - ${milliseconds(high)}`,
      milliseconds(first),
      String(runs),
    ]),
  );
  const compared =
    ratio === null
      ? []
      : [`The second takes ${ratio.toFixed(2)} of the first's time (${(1 / ratio).toFixed(2)} x as fast).`];
  return [told, '', `Latency of one batch: ${conditions}.`, ...compared].join('\n');
}
