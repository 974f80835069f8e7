import { join } from 'node:path';
import { FuseInitError, uniformStream } from '@fuseinit/core';
import { fineTune } from '@fuseinit/fine-tune';
import type { LayersModel } from '@fuseinit/tfjs';
import { type Checkpoint, checkpointFile } from '../results/checkpoint-file.js';
import type { EpochLine, RunKey, Score } from '../results/result-line.js';
import { scoreOf } from './score-of.js';
import type { TrialContext } from './trial-context.js';

export interface TrainingRun {
  readonly key: RunKey;
  readonly epochs: number;
  /** A new model as it starts, disposed here. */
  readonly makeModel: () => Promise<LayersModel>;
  /** Of a run that is distilled. */
  readonly teacher: LayersModel | undefined;
  /** Whether the last checkpoint stays, for the next stage. */
  readonly carriesOn: boolean;
}

/** Trains one run to its end, from where it stopped if it was begun; nothing where it was finished. */
export async function trainRun(context: TrialContext, run: TrainingRun): Promise<void> {
  const { key, epochs } = run;
  const { file } = context;
  const saved = checkpointFile(checkpointPath(context, key));
  let checkpoint = saved.read();
  const last = () => file.epochsOf(key).at(-1)?.epoch ?? -1;
  // Killed between the checkpoint and its line.
  if (checkpoint && checkpoint.line.epoch === last() + 1) file.append(checkpoint.line);
  context.onEpochs(last() + 1, key.arm);
  if (last() < epochs) {
    if (checkpoint && checkpoint.line.epoch !== last()) checkpoint = undefined;
    if (!checkpoint && last() > 0) {
      context.onEpochs(-(last() + 1), key.arm);
      file.drop(key);
    }
    await trainFrom(context, run, checkpoint);
  }
  if (!run.carriesOn) saved.remove();
}

/** The model that a finished run ended with. */
export async function finalModel(context: TrialContext, key: RunKey): Promise<LayersModel> {
  const { tf } = context;
  const checkpoint = checkpointFile(checkpointPath(context, key)).read();
  if (!checkpoint) {
    throw new Error(
      `The checkpoint of ${key.arm} at stage ${key.stage}, seed ${key.seed}, is gone: its results can't be gone on from. Run into another folder, with --out.`,
    );
  }
  const model = await tf.models.modelFromJSON({ modelTopology: checkpoint.topology } as never);
  tf.tidy(() =>
    model.setWeights(checkpoint.state.weights.map(({ data, shape }) => tf.tensor(data, [...shape]))),
  );
  return model;
}

function checkpointPath({ checkpoints }: TrialContext, { stage, arm, rate }: RunKey): string {
  return join(checkpoints, `${stage}-${arm.replace(/[^a-z]+/g, '-')}-${rate}.checkpoint`);
}

async function trainFrom(
  context: TrialContext,
  { key, epochs, makeModel, teacher }: TrainingRun,
  checkpoint: Checkpoint | undefined,
): Promise<void> {
  const { tf, experiment, data, file } = context;
  const saved = checkpointFile(checkpointPath(context, key));
  const model = await makeModel();
  const topology = model.toJSON(undefined, false) as unknown as object;
  const line = async (epoch: number, trainingLoss: number | null, start: number): Promise<EpochLine> => ({
    type: 'epoch',
    ...key,
    epoch,
    trainingLoss,
    validation: rounded(await scoreOf(tf, model, data.validation, data.task)),
    test: rounded(await scoreOf(tf, model, data.test, data.task)),
    seconds: Number(((performance.now() - start) / 1000).toFixed(3)),
    at: new Date().toISOString(),
  });
  const append = (epochLine: EpochLine) => {
    file.append(epochLine);
    context.onEpochs(1, key.arm);
  };
  try {
    if (file.epochsOf(key).length === 0) append(await line(0, null, performance.now()));
    let start = performance.now();
    await fineTune(model, {
      tf,
      data: { xs: data.training.inputs, ys: data.training.labels },
      loss: data.task.kind === 'classification' ? 'categoricalCrossentropy' : 'meanSquaredError',
      epochs,
      batchSize: experiment.batchSize,
      optimizer: (rate) => tf.train[experiment.optimizer](rate),
      learningRate: (epoch) => key.rate * scheduleFactor(experiment.schedule, epoch / epochs),
      seed: key.seed,
      ...(teacher ? { teacher } : {}),
      ...(checkpoint ? { resume: checkpoint.state } : {}),
      callbacks: {
        onEpochBegin: (epoch: number) => {
          start = performance.now();
          // Dropout layers draw their seeds here.
          Math.random = uniformStream(key.seed * 7919 + epoch);
        },
      },
      onEpoch: async ({ epoch, loss }, state) => {
        const done = await line(epoch + 1, loss, start);
        saved.write({ line: done, state: await state(), topology });
        append(done);
      },
    });
  } catch (error) {
    if (!(FuseInitError.isInstance(error) && error.code === 'VALUE_NOT_FINITE')) throw error;
    recordDivergence(context, key, epochs, append);
  } finally {
    model.dispose();
  }
}

/**
 * A run whose loss is no number any more has a line for each epoch that it would have had, without scores.
 */
function recordDivergence(
  { file }: TrialContext,
  key: RunKey,
  epochs: number,
  append: (line: EpochLine) => void,
): void {
  const lost: Score = { score: Number.NaN, loss: Number.NaN };
  for (let epoch = file.epochsOf(key).at(-1)!.epoch + 1; epoch <= epochs; epoch++) {
    append({
      type: 'epoch',
      ...key,
      epoch,
      trainingLoss: null,
      validation: lost,
      test: lost,
      seconds: 0,
      at: new Date().toISOString(),
    });
  }
}

function scheduleFactor(schedule: TrialContext['experiment']['schedule'], share: number): number {
  return schedule.filter(({ from }) => from <= share).at(-1)?.factor ?? 1;
}

/** Six digits are more than samples can tell, and make lines readable. */
function rounded({ score, loss }: Score): Score {
  return { score: Number(score.toPrecision(6)), loss: Number(loss.toPrecision(6)) };
}
