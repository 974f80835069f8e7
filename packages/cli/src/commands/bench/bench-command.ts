import { compareLatency, type Latency, type Ratio } from '@fuseinit/planner';
import type { ModelFormat } from '@fuseinit/tfjs/internal';
import type { Command } from 'commander';
import { loadRunnable } from '../../model/load-model.js';
import { openDevice } from '../../model/open-device.js';
import { formatOption } from '../../output/model-output.js';
import { addBackendOptions, type BackendOptions } from '../../program/common-options.js';
import type { ExitCode } from '../../program/failure.js';
import { number, wholeNumber } from '../../program/option-values.js';
import { type Outcome, runCommand, type Session } from '../../program/run-command.js';
import { count, milliseconds, ratio as ratioText } from '../../terminal/figures.js';
import { table } from '../../terminal/table.js';
import { firstRun } from './first-run.js';

interface BenchOptions extends BackendOptions {
  readonly format: ModelFormat;
  readonly batchSize: number;
  readonly repeats?: number;
  readonly seconds: number;
}

/** A model and its latency. */
interface TimedModel extends Omit<Latency, 'first'> {
  readonly model: string;
  readonly format: ModelFormat;
  readonly bytes: number;
  /** The seconds of its first run in a process of its own; null if it couldn't be timed so. */
  readonly first: number | null;
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
    .option(
      '--repeats <n>',
      'warm runs of each at most (default: as many as fit into the time)',
      wholeNumber(3),
    )
    .option('--seconds <s>', 'for the warm runs of each', number(0), 5);
  addBackendOptions(command)
    .addHelpText(
      'after',
      `
Warm runs take turns. The first run of each is the first one of a process of its own.

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
  options: BenchOptions,
  { signal, warn, progress }: Session,
): Promise<Outcome> {
  const { format, batchSize, repeats, seconds } = options;
  const device = await openDevice(options, warn);
  const { tf, name, computesOn } = device;
  const loaded = [];
  for (const path of paths) loaded.push(await loadRunnable(device, path, format, warn));
  progress.show('timing');
  const latencies = await compareLatency(
    tf,
    loaded.map(({ model }) => model),
    { batchSize, ...(repeats !== undefined && { repeats }), seconds, signal },
  );
  const results: TimedModel[] = [];
  for (const [index, { path, format, bytes }] of loaded.entries()) {
    const latency = latencies[index]!;
    // Only the first model runs before anything else does in this process.
    const first =
      index === 0
        ? latency.first
        : await firstRun(path, { backend: name, format, batchSize, plugin: options.plugin, signal });
    results.push({ model: path, format, bytes, ...latency, first });
  }
  const [, second] = results;
  const ratio = second?.ratio ?? null;
  return {
    text: benchText(results, ratio, `${batchSize} a batch, ${name} (${computesOn})`),
    data: { backend: name, computesOn, batchSize, unit: 'seconds', models: results, ratio },
  };
}

function benchText(results: readonly TimedModel[], ratio: Ratio | null, conditions: string): string {
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
      first === null ? '-' : milliseconds(first),
      String(runs),
    ]),
  );
  const compared =
    ratio === null
      ? []
      : [
          `The second takes ${ratioText(ratio)} of the first's time: ${ratio.low <= 1 && ratio.high >= 1 ? 'which is faster is too noisy to tell' : `${(1 / ratio.median).toFixed(2)} x as fast`}.`,
        ];
  const unsettled = results.some(({ isSettled }) => !isSettled)
    ? ['Runs were still becoming faster when the time was up: give more --seconds.']
    : [];
  return [told, '', `Latency of one batch: ${conditions}.`, ...compared, ...unsettled].join('\n');
}
