import { join } from 'node:path';
import { FuseInitError } from '@fuseinit/core';
import type { Task } from '@fuseinit/datasets';
import { fineTune } from '@fuseinit/fine-tune';
import type { LayersModel, Tensor, TensorFlow } from '@fuseinit/tfjs';
import type { EpochLine, RunKey, Score } from '../results/result-line.js';
import { type Checkpoint, checkpointFile } from '../results/trial-file.js';
import type { LabelledTensors, TrialContext } from './trial-data.js';

export interface TrainingRun {
  readonly key: RunKey;
  readonly epochs: number;
  /** Returns a new model at its start, which the run disposes. */
  readonly makeModel: () => Promise<LayersModel>;
  /** The teacher of a distilled run. */
  readonly teacher: LayersModel | undefined;
  /** Whether to keep the last checkpoint for the next stage. */
  readonly carriesOn: boolean;
}

/** Trains one run to its end, from where it stopped if it was begun. A finished run isn't trained. */
export async function trainRun(context: TrialContext, run: TrainingRun): Promise<void> {
  const { key, epochs } = run;
  const { file } = context;
  const saved = checkpointFile(checkpointPath(context, key));
  let checkpoint = saved.read();
  const last = () => file.epochsOf(key).at(-1)?.epoch ?? -1;
  // The process was killed between writing the checkpoint and its line.
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

/** Loads the final model of a finished run. */
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
        onEpochBegin: () => {
          start = performance.now();
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

/** A diverged run gets a line without scores for each epoch that is left. */
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

/** Six digits are more than the samples can resolve, and keep the lines readable. */
function rounded({ score, loss }: Score): Score {
  return { score: Number(score.toPrecision(6)), loss: Number(loss.toPrecision(6)) };
}

const batchSize = 500;

/** Measures a model at inference: accuracy and cross-entropy, or relative and plain mean square error. */
async function scoreOf(
  tf: TensorFlow,
  model: LayersModel,
  { inputs, targets }: LabelledTensors,
  task: Task,
): Promise<Score> {
  const count = targets.length;
  let right = 0;
  let loss = 0;
  for (let start = 0; start < count; start += batchSize) {
    const size = Math.min(batchSize, count - start);
    const output = tf.tidy(() => model.predictOnBatch(inputs.slice([start], [size])) as Tensor);
    const values = await output.data();
    output.dispose();
    const width = values.length / size;
    for (let row = 0; row < size; row++) {
      const target = targets[start + row]!;
      if (task.kind === 'regression') {
        loss += (values[row]! - target) ** 2;
        continue;
      }
      const classes = values.subarray(row * width, (row + 1) * width);
      if (classes.indexOf(Math.max(...classes)) === target) right++;
      // Probabilities are clipped as in tfjs's cross-entropy.
      loss -= Math.log(Math.max(classes[target]!, 1e-7));
    }
  }
  loss /= count;
  return { score: task.kind === 'regression' ? loss / variance(targets) : right / count, loss };
}

function variance(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}
