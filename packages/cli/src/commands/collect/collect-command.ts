import {
  type CollectStatisticsOptions,
  collectStatistics,
  type Shard,
  type Statistics,
} from '@fuseinit/tfjs';
import { type Command, InvalidArgumentError } from 'commander';
import { addDataOptions, type DataFormatOptions } from '../../data/data-options.js';
import { readStatistics, writeStatistics } from '../../data/statistics-file.js';
import { addSpansOptions, requestedSpans, requireSpans, type SpansOptions } from '../../model/spans.js';
import { addSimplifyingOption, type SimplifyingOptions } from '../../model/teacher.js';
import { type Work, withWork } from '../../model/work.js';
import { requireOutputFile } from '../../output/output-file.js';
import { openPartial, type PartialFile, type PartialFormat } from '../../output/partial-file.js';
import {
  addBackendOptions,
  addSizeOptions,
  type BackendOptions,
  heldOutOption,
  type SizeOptions,
} from '../../program/common-options.js';
import type { ExitCode } from '../../program/failure.js';
import { type Outcome, runCommand, type Session } from '../../program/run-command.js';
import { statisticsText, statisticsTold } from './statistics-text.js';

export function defineCollect(program: Command, ended: (code: ExitCode) => void): void {
  const command = program
    .command('collect')
    .description('Gathers what spans are solved from, whole or in parts, for merge and fuse --statistics.')
    .argument('<model>', 'a folder with a model.json, or that file');
  addCollectOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  fuseinit collect teacher --data images.npz --plan plan.json -o all.stats
  fuseinit collect teacher --data images.npz --plan plan.json --shard 0/4 \\
    -o 0.stats
  fuseinit merge 0.stats 1.stats 2.stats 3.stats -o all.stats
  fuseinit fuse teacher --data images.npz --plan plan.json \\
    --statistics all.stats -o student`,
    )
    .action(async (model: string, options: CollectOptions) => {
      ended(await runCommand(options, (session) => collectModel(model, options, session)));
    });
}

interface CollectOptions
  extends BackendOptions,
    SizeOptions,
    DataFormatOptions,
    SpansOptions,
    SimplifyingOptions {
  readonly data: string;
  readonly shard?: Shard;
  readonly heldOut?: number;
  readonly output: string;
  readonly resume?: boolean;
  readonly force?: boolean;
}

function addCollectOptions(command: Command): Command {
  command
    .requiredOption('--data <path>', 'unlabelled inputs: .npy, .npz, idx, .csv, or a folder of images')
    .requiredOption('-o, --output <file>', 'of the statistics')
    .option('--shard <i/n>', 'part i of n of the data, batch by batch, i from 0', shard)
    .addOption(heldOutOption())
    .option('--resume', 'goes on with what a stopped run left in FILE.partial')
    .option('--force', 'writes over what is there');
  addSimplifyingOption(command);
  return addBackendOptions(addSizeOptions(addDataOptions(addSpansOptions(command))));
}

/** Parses `0/4`, the first of four parts: counted as the libraries' messages count them. */
function shard(text: string): Shard {
  const found = /^(\d+)\/([1-9]\d*)$/.exec(text);
  const [index, of] = [Number(found?.[1]), Number(found?.[2])];
  if (!(index < of)) {
    throw new InvalidArgumentError('A part such as 0/4, from 0/4 to 3/4, was expected.');
  }
  return { index, of };
}

const statisticsFormat: PartialFormat<Statistics> = {
  interval: 15_000,
  read: readStatistics,
  write: writeStatistics,
};

async function collectModel(path: string, options: CollectOptions, session: Session): Promise<Outcome> {
  requireSpans(options);
  await requireOutputFile(options.output, options.force === true, [path, options.data]);
  const partial = await openPartial(options.output, options, statisticsFormat);
  return withWork(path, options, session, session.warn, (work) => collectWith(work, partial, options));
}

async function collectWith(
  { device, teacher, samples, session }: Work,
  partial: PartialFile<Statistics>,
  options: CollectOptions,
): Promise<Outcome> {
  const { output, shard, batchSize } = options;
  const { signal, progress, warn } = session;
  const { spans } = await requestedSpans(options, teacher);
  try {
    const parts = shard?.of ?? 1;
    const statistics = await partial.keeping(signal, (onStatistics) =>
      collectStatistics(teacher.model, {
        tf: device.tf,
        plugins: device.plugins,
        spans,
        calibrationData: samples.calibrationData(signal),
        heldOut: samples.heldOut.share,
        seed: samples.heldOut.seed,
        ...given({ shard, batchSize, resume: partial.resume }),
        signal,
        onProgress: ({ pass, passes, samples: done }, current) => {
          progress.show('collecting', (pass + (done * parts) / samples.count) / passes);
          onStatistics(current);
        },
      }),
    );
    await writeStatistics(output, statistics);
    await partial.remove();
    return {
      text: statisticsText(statistics, output),
      data: { output, read: samples.read, ...statisticsTold(statistics) },
    };
  } catch (error) {
    if (signal.aborted && (await partial.exists())) {
      warn(`What was gathered is in ${partial.path}: the same command with --resume goes on.`);
    }
    throw error;
  }
}

type Given = 'shard' | 'batchSize' | 'resume';

function given(
  options: {
    readonly [Name in Given]: CollectStatisticsOptions[Name] | undefined;
  },
): Pick<CollectStatisticsOptions, Given> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
