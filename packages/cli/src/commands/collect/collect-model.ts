import { type CollectStatisticsOptions, collectStatistics } from '@fuseinit/tfjs';
import { writeStatistics } from '../../data/statistics-file.js';
import { requestedSpans, requireSpans } from '../../model/spans.js';
import { type Work, withWork } from '../../model/work.js';
import { requireOutputFile } from '../../output/output-file.js';
import type { Outcome, Session } from '../../program/run-command.js';
import type { CollectOptions } from './collect-options.js';
import { openPartial } from './partial-file.js';
import { statisticsText, statisticsTold } from './statistics-text.js';

export async function collectModel(
  path: string,
  options: CollectOptions,
  session: Session,
): Promise<Outcome> {
  requireSpans(options);
  await requireOutputFile(options.output, options.force === true, [path, options.data]);
  const partial = await openPartial(options.output, options);
  return withWork(path, options, session, session.warn, (work) => collectWith(work, partial, options));
}

async function collectWith(
  { device, teacher, samples, session }: Work,
  partial: Awaited<ReturnType<typeof openPartial>>,
  options: CollectOptions,
): Promise<Outcome> {
  const { output, shard, batchSize } = options;
  const { signal, progress, warn } = session;
  const spans = await requestedSpans(options, teacher);
  try {
    const parts = shard?.of ?? 1;
    const statistics = await partial.keeping(signal, (onStatistics) =>
      collectStatistics(teacher.model, {
        tf: device.tf,
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
