import { FuseInitError } from '@fuseinit/core';
import { evaluate, joinScores, type Score } from '@fuseinit/planner';
import type { LayersModel, TensorFlow } from '@fuseinit/tfjs';
import type { Command } from 'commander';
import {
  addDataOptions,
  addLabelOptions,
  addThresholdOption,
  type DataFormatOptions,
  type LabelFormatOptions,
} from '../../data/data-options.js';
import { openSamples, readSize, type Samples } from '../../data/open-samples.js';
import { readLabels, type SampleLabels } from '../../data/read-labels.js';
import { loadModel } from '../../model/load-model.js';
import { openDevice } from '../../model/open-device.js';
import {
  addBackendOptions,
  addSizeOptions,
  type BackendOptions,
  type SizeOptions,
} from '../../program/common-options.js';
import type { ExitCode } from '../../program/failure.js';
import { type Outcome, runCommand, type Session } from '../../program/run-command.js';
import { count, scoreText } from '../../terminal/figures.js';

interface EvalOptions extends BackendOptions, SizeOptions, DataFormatOptions, LabelFormatOptions {
  readonly data: string;
}

export function defineEval(program: Command, ended: (code: ExitCode) => void): void {
  const command = program
    .command('eval')
    .description('How good a model is on labelled samples: accuracy, or mean square error.')
    .argument('<model>', 'a folder with a model.json, or that file')
    .requiredOption('--data <path>', '.npy, .npz, idx, .csv, or a folder of images');
  addBackendOptions(addSizeOptions(addDataOptions(addThresholdOption(addLabelOptions(command)))))
    .addHelpText(
      'after',
      `
Examples:
  fuseinit eval student --data test.npz --array x --labels test.npz \\
    --labels-array y
  fuseinit eval student --data test.csv --label-column label
  fuseinit eval boxes --data photos.npy --labels corners.npy --task regression
  fuseinit eval student --data photos --labels photos --resize 224x224`,
    )
    .action(async (model: string, options: EvalOptions) => {
      ended(await runCommand(options, (session) => evaluateModel(model, options, session)));
    });
}

async function evaluateModel(path: string, options: EvalOptions, session: Session): Promise<Outcome> {
  const { tf, name } = await openDevice(options, session.warn);
  const model = await loadModel(tf, path, session.warn);
  const samples = await openSamples(model, options.data, options, session);
  try {
    const labels = await readLabels(model, samples, options, session);
    if (!labels) {
      throw new FuseInitError(
        'ARGUMENT_INVALID',
        'There are no labels: give --labels, or --label-column of a table.',
      );
    }
    const { batchSize } = options;
    const score = await scoreSamples(tf, model, samples, labels, {
      ...session,
      ...(batchSize !== undefined && { batchSize }),
    });
    return {
      text: `${scoreText(score)} on ${count(score.count)} samples`,
      data: { model: path, read: samples.read, backend: name, ...score },
    };
  } finally {
    await samples.close();
  }
}

/**
 * Scores a model batch by batch.
 *
 * @throws as `evaluate` does.
 */
export async function scoreSamples(
  tf: TensorFlow,
  model: LayersModel,
  samples: Samples,
  { values, width, task, threshold }: SampleLabels,
  {
    signal,
    progress,
    batchSize = readSize,
  }: Pick<Session, 'signal' | 'progress'> & { readonly batchSize?: number },
): Promise<Score> {
  const parts: Score[] = [];
  let seen = 0;
  for await (const { data, shape } of samples.batches(batchSize, signal)) {
    const labels = values.subarray(seen * width, (seen + shape[0]!) * width);
    const batch = { data, shape, labels, task, ...(threshold !== undefined && { threshold }) };
    parts.push(await evaluate(tf, model, batch, batchSize));
    seen += shape[0]!;
    progress.show('evaluating', seen / samples.count);
  }
  return joinScores(parts);
}
