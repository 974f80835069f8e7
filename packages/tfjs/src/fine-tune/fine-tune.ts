import { FuseInitError } from '@fuseinit/core';
import { requireNotAborted } from '@fuseinit/statistics';
import { readGraph } from '../graph/model-graph.js';
import { requireModel } from '../graph/require-model.js';
import type { LayersModel, Tensor } from '../tensorflow.js';
import { batchLoss, type Objective, teach } from './batch-loss.js';
import { type CallbackList, callbackList } from './callback-list.js';
import { planDistillation } from './distillation.js';
import type { FineTuned, FineTuneEpoch, FineTuneOptions } from './fine-tune-options.js';
import { loadOptimizers, loadWeights, saveOptimizer, saveWeights } from './fine-tune-state.js';
import { labelLosses } from './label-losses.js';
import { requireFineTuneOptions, requireRate } from './require-fine-tune-options.js';
import { createStopFlag } from './stop-flag.js';
import { setRate, type TrainedGroup, trainedGroups } from './trained-groups.js';
import { type TrainingSource, trainingSource } from './training-data.js';
import { createValidationRecord, type ValidationRecord } from './validation-record.js';

/**
 * Trains a student further, in place, as `fit` does, but so that a good start is kept: at a small rate or with a warm-up,
 * with rates by layer, on labels, on a teacher or on both, and ending with the best weights on validation data.
 *
 * The teacher is neither changed nor disposed. After an error or an abort the student has the best weights so far where
 * `restoreBestWeights` holds, and those of the last step where it doesn't. Frozen layers stay as they are.
 *
 * @throws MODEL_UNSUPPORTED, MODEL_UNBUILT, MODEL_DISPOSED for what is no living LayersModel.
 * @throws ARGUMENT_INVALID for options that make no sense, SHAPE_MISMATCH for data of another shape.
 * @throws LAYER_UNKNOWN for a layer named in `layerRates` or `distillation` that isn't there.
 * @throws VALUE_NOT_FINITE when the loss is no number any more.
 * @throws CHECKPOINT_MISMATCH for a state to resume of another model.
 * @throws ABORTED when the signal fires.
 */
export async function fineTune(student: LayersModel, options: FineTuneOptions): Promise<FineTuned> {
  requireModel(student);
  requireFineTuneOptions(options);
  const { tf, teacher, batchSize = 32, resume } = options;
  if (teacher) requireModel(teacher);
  const graph = readGraph(student);
  const teacherGraph = teacher && readGraph(teacher);
  const objective: Objective = {
    student: graph,
    teacher: teacherGraph,
    distillation: teacherGraph && planDistillation(graph, teacherGraph, options.distillation),
    labelLosses: once(() => labelLosses(tf, student, options.loss)),
  };
  const groups = trainedGroups(tf, graph, options);
  const sources: TrainingSource[] = [];
  let record: ValidationRecord | undefined;
  const restores = options.restoreBestWeights ?? options.validationData !== undefined;
  try {
    const inputShapes = student.inputs.map(({ shape }) => shape);
    const training = trainingSource(tf, options.data, inputShapes, batchSize);
    sources.push(training);
    const validation =
      options.validationData && trainingSource(tf, options.validationData, inputShapes, batchSize);
    if (validation) sources.push(validation);
    requireKnownLength(options, training);
    if (resume) {
      loadWeights(tf, student, resume.weights);
      await loadOptimizers(tf, groups, resume.optimizers);
    }
    const work: Work = { options, objective, groups, training };
    if (validation) {
      const start = resume?.best ?? (await meanLoss(work, validation));
      const minDelta = options.earlyStopping?.minDelta ?? 0;
      record = await createValidationRecord(tf, student, start, minDelta, restores);
    }
    return await train(work, validation, record);
  } finally {
    if (restores) record?.restore();
    for (const source of sources) source.dispose();
    for (const { optimizer } of groups) optimizer.dispose();
  }
}

interface Work {
  readonly options: FineTuneOptions;
  readonly objective: Objective;
  readonly groups: readonly TrainedGroup[];
  readonly training: TrainingSource;
}

async function train(
  work: Work,
  validation: TrainingSource | undefined,
  record: ValidationRecord | undefined,
): Promise<FineTuned> {
  const { options, objective, groups } = work;
  const { tf, earlyStopping } = options;
  const student = objective.student.model;
  const flag = createStopFlag(student);
  const callbacks = callbackList(options.callbacks, flag.model, {
    epochs: options.epochs,
    batchSize: options.batchSize ?? 32,
  });
  const epochs: FineTuneEpoch[] = [];
  let stoppedBy: FineTuned['stoppedBy'] = 'epochs';
  await callbacks.call('onTrainBegin');
  for (let epoch = options.resume?.epochsDone ?? 0; epoch < options.epochs; epoch++) {
    const start = performance.now();
    await callbacks.call('onEpochBegin', epoch);
    const { loss, learningRate } = await trainEpoch(work, epoch, callbacks);
    const validationLoss = validation ? await meanLoss(work, validation) : null;
    requireFinite(loss, validationLoss, epoch, learningRate);
    if (record && validationLoss !== null) await record.add(epoch, validationLoss);
    const seconds = (performance.now() - start) / 1000;
    const done: FineTuneEpoch = { epoch, learningRate, loss, validationLoss, seconds };
    epochs.push(done);
    await callbacks.call('onEpochEnd', epoch, {
      loss,
      ...(validationLoss === null ? {} : { val_loss: validationLoss }),
    });
    await options.onEpoch?.(done, async () => ({
      specVersion: 1,
      epochsDone: epoch + 1,
      weights: await saveWeights(student),
      optimizers: await Promise.all(groups.map((group) => saveOptimizer(tf, group))),
      best: record?.best ?? null,
    }));
    if (flag.raised) stoppedBy = 'callback';
    else if (earlyStopping && record && epoch - record.best.epoch >= earlyStopping.patience)
      stoppedBy = 'earlyStopping';
    if (stoppedBy !== 'epochs') break;
  }
  await callbacks.call('onTrainEnd');
  return {
    epochs,
    bestEpoch: record?.best.epoch ?? null,
    startValidationLoss: record?.best.startLoss ?? null,
    stoppedBy,
  };
}

async function trainEpoch(
  { options, objective, groups, training }: Work,
  epoch: number,
  callbacks: CallbackList,
): Promise<{ readonly loss: number; readonly learningRate: number }> {
  const { tf, learningRate = 1e-4, warmUp = 0, seed = 0, signal } = options;
  const rate = typeof learningRate === 'function' ? learningRate(epoch) : learningRate;
  requireRate(rate);
  const stepsToWarmUp = warmUp * (training.batchesPerEpoch ?? 0);
  const variables = groups.flatMap((group) => group.variables);
  const pause = pauser();
  let total = tf.scalar(0) as Tensor;
  let samples = 0;
  let index = 0;
  try {
    for await (const batch of training.batches(mixedSeed(seed, epoch))) {
      try {
        requireNotAborted(signal, `epoch ${epoch}`);
        const step = epoch * (training.batchesPerEpoch ?? 0) + index;
        setRate(groups, stepsToWarmUp > 0 ? rate * Math.min(1, (step + 1) / stepsToWarmUp) : rate);
        if (callbacks.wantsBatches)
          await callbacks.call('onBatchBegin', index, { batch: index, size: batch.samples });
        const taught = teach(tf, objective, batch);
        const { value, grads } = tf.variableGrads(
          () => batchLoss(tf, objective, batch, taught, true) as never,
          variables as never,
        );
        for (const group of groups) {
          const own = group.variables.flatMap(({ name }) =>
            grads[name] ? [[name, grads[name]] as const] : [],
          );
          if (own.length > 0) group.optimizer.applyGradients(Object.fromEntries(own) as never);
        }
        const sum = tf.tidy(() => total.add(value.mul(batch.samples)));
        total.dispose();
        total = sum;
        samples += batch.samples;
        if (callbacks.wantsBatches) {
          const loss = (await value.data())[0]!;
          await callbacks.call('onBatchEnd', index, { batch: index, size: batch.samples, loss });
        }
        tf.dispose([value, grads, taught] as never);
      } finally {
        tf.dispose([[...batch.xs], [...batch.ys]]);
      }
      index++;
      await pause();
    }
    return { loss: (await total.data())[0]! / samples, learningRate: rate };
  } finally {
    total.dispose();
  }
}

/** Mean loss over a source at inference. */
async function meanLoss(
  { options: { tf, signal }, objective }: Work,
  source: TrainingSource,
): Promise<number> {
  const pause = pauser();
  let sum = 0;
  let samples = 0;
  for await (const batch of source.batches()) {
    try {
      requireNotAborted(signal, 'validation');
      const loss = tf.tidy(() => batchLoss(tf, objective, batch, teach(tf, objective, batch), false));
      sum += (await loss.data())[0]! * batch.samples;
      samples += batch.samples;
      loss.dispose();
    } finally {
      tf.dispose([[...batch.xs], [...batch.ys]]);
    }
    await pause();
  }
  return sum / samples;
}

function requireFinite(loss: number, validationLoss: number | null, epoch: number, rate: number): void {
  if (Number.isFinite(loss) && Number.isFinite(validationLoss ?? 0)) return;
  throw new FuseInitError(
    'VALUE_NOT_FINITE',
    `The loss of epoch ${epoch} is ${Number.isFinite(loss) ? validationLoss : loss}: lower the learning rate (${rate}), and look whether the data hold NaN.`,
  );
}

function requireKnownLength({ warmUp = 0 }: FineTuneOptions, training: TrainingSource): void {
  if (warmUp === 0 || training.batchesPerEpoch !== undefined) return;
  throw new FuseInitError(
    'ARGUMENT_INVALID',
    'warmUp needs to know how many batches an epoch has, and this dataset has no size: give { xs, ys }, or let learningRate be a function.',
  );
}

/** Seeds of neighbouring epochs give orders that have nothing to do with each other. */
function mixedSeed(seed: number, epoch: number): number {
  return Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(epoch + 1, 0x85ebca6b);
}

/** Gives timers, input and the caller's signal their turn, some twenty times a second. */
function pauser(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < 50) return;
    await new Promise((resolve) => setTimeout(resolve));
    last = performance.now();
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
