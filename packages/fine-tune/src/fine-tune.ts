import { FuseInitError } from '@fuseinit/core';
import { type LayersModel, readNetwork } from '@fuseinit/tfjs';
import { requireModel, requireSoundKernels } from '@fuseinit/tfjs/internal';
import type { Objective } from './batch-loss.js';
import { callbackList, createStopFlag, type StopFlag } from './callbacks.js';
import { planDistillation } from './distillation.js';
import {
  type FineTuned,
  type FineTuneEpoch,
  type FineTuneOptions,
  requireFineTuneOptions,
} from './fine-tune-options.js';
import {
  keepWeights,
  loadOptimizers,
  loadWeights,
  type RateSearch,
  requireWeightsOf,
  saveOptimizer,
  saveWeights,
} from './fine-tune-state.js';
import { labelLosses } from './label-losses.js';
import { epochRates } from './learning-rates.js';
import { meanLoss, type Training, trainBatches } from './passes.js';
import { searchRate } from './rate-search.js';
import { disposeGroups, frozenLayers, requireSeparateTeacher, trainedGroups } from './trained-layers.js';
import { allFinite, type TrainingSource, trainingSource } from './training-data.js';
import { createValidationRecord, type ValidationRecord } from './validation-record.js';

/**
 * Trains a student further, in place, as `fit` does, but preserving a good start: with a small learning rate
 * or a warm-up, or at a rate that it finds, with rates by layer, on labels, on a teacher's outputs or on
 * both, and ending with the best weights on validation data.
 *
 * The teacher is neither changed nor disposed. After an error or an abort, the student has the best weights
 * so far if `restoreBestWeights` is true. Otherwise it has those of the last step, or of the last complete
 * epoch if they are no longer finite. Frozen layers are not changed and run in inference mode.
 *
 * @throws MODEL_UNSUPPORTED, MODEL_UNBUILT, MODEL_DISPOSED for a model that is not a LayersModel, has no
 *   weights yet or was disposed.
 * @throws ARGUMENT_INVALID for options that make no sense, SHAPE_MISMATCH for data of a wrong shape.
 * @throws LAYER_UNKNOWN for a layer named in `layerRates` or `distillation` that doesn't exist.
 * @throws LAYER_UNSUPPORTED if the backend has no gradient for a layer, or computes a layer wrongly.
 * @throws VALUE_NOT_FINITE if the data contain NaN, or the loss or the weights become NaN or infinite.
 * @throws SPEC_VERSION_UNSUPPORTED, CHECKPOINT_MISMATCH for a state to resume of another version or model.
 * @throws ABORTED when the signal fires.
 */
export async function fineTune(student: LayersModel, options: FineTuneOptions): Promise<FineTuned> {
  requireModel(student);
  requireFineTuneOptions(options);
  const { tf, validationData } = options;
  const batchSize = batchSizeOf(student, options);
  const objective = objectiveOf(student, options);
  requireSoundKernels(tf, objective.student, true);
  if (objective.teacher) requireSoundKernels(tf, objective.teacher);
  const flag = createStopFlag(student);
  const sources: TrainingSource[] = [];
  let groups: Training['groups'] = [];
  let record: ValidationRecord | undefined;
  const restores = options.restoreBestWeights ?? validationData !== undefined;
  try {
    groups = trainedGroups(tf, objective.model, objective.student, options);
    const source = await trainingSource(tf, options.data, student, batchSize);
    sources.push(source);
    const validation = validationData && (await trainingSource(tf, validationData, student, batchSize));
    if (validation) sources.push(validation);
    requireKnownLength(options, source);
    const training: Training = { options, objective, groups, source };
    await resume(training);
    if (validation) record = await startRecord(training, validation, restores);
    const rateSearch =
      options.learningRate === 'auto'
        ? (options.resume?.rateSearch ??
          (await searchRate(training, validation, record?.best.startLoss, flag)))
        : null;
    return await train(training, validation, record, rateSearch, flag);
  } finally {
    try {
      if (restores) record?.restore();
    } finally {
      flag.dispose();
      for (const source of sources) source.dispose();
      disposeGroups(tf, groups);
    }
  }
}

function objectiveOf(student: LayersModel, options: FineTuneOptions): Objective {
  const { tf, teacher, layerRates, distillation, loss } = options;
  const network = readNetwork(student);
  const frozen = frozenLayers(student, network, layerRates);
  if (teacher) {
    requireModel(teacher);
    requireSeparateTeacher(network, frozen, teacher);
  }
  const taught = teacher && readNetwork(teacher);
  return {
    model: student,
    student: network,
    frozen,
    teacher: taught,
    distillation: taught && planDistillation(network, taught, distillation),
    labelLosses: once(() => labelLosses(tf, student, loss)),
  };
}

/**
 * Restores the state to resume from. The student comes last, so that it is unchanged if the state is refused.
 */
async function resume({ options: { tf, resume: state }, objective, groups }: Training): Promise<void> {
  if (!state) return;
  requireWeightsOf(objective.model, state.weights);
  await loadOptimizers(tf, groups, state.optimizers);
  loadWeights(tf, objective.model, state.weights);
}

async function startRecord(
  training: Training,
  validation: TrainingSource,
  restores: boolean,
): Promise<ValidationRecord> {
  const { options, objective } = training;
  const minDelta = options.earlyStopping?.minDelta ?? 0;
  const { model } = objective;
  const before = options.resume?.best;
  if (before) return createValidationRecord(options.tf, model, before, minDelta, restores);
  const loss = await meanLoss(training, validation);
  if (!Number.isFinite(loss)) {
    throw new FuseInitError(
      'VALUE_NOT_FINITE',
      `The validation loss is ${loss} before any training: look whether the student's weights or the data hold NaN, and whether the loss suits the outputs.`,
    );
  }
  const start = { epoch: (options.resume?.epochsDone ?? 0) - 1, loss };
  return createValidationRecord(options.tf, model, start, minDelta, restores);
}

async function train(
  training: Training,
  validation: TrainingSource | undefined,
  record: ValidationRecord | undefined,
  rateSearch: RateSearch | null,
  flag: StopFlag,
): Promise<FineTuned> {
  const { options, objective, groups, source } = training;
  const { tf, earlyStopping } = options;
  const student = objective.model;
  const callbacks = callbackList(options.callbacks, student, {
    epochs: options.epochs,
    batchSize: batchSizeOf(student, options),
  });
  const epochs: FineTuneEpoch[] = [];
  const first = options.resume?.epochsDone ?? 0;
  const isStale = (epoch: number) =>
    earlyStopping && record && epoch - record.best.lastFall.epoch >= earlyStopping.patience;
  // The run to resume may have ended by itself before it was interrupted.
  let stoppedBy: FineTuned['stoppedBy'] = isStale(first - 1) ? 'earlyStopping' : 'epochs';
  await callbacks.call('onTrainBegin', {});
  for (let epoch = first; epoch < options.epochs && stoppedBy === 'epochs'; epoch++) {
    const start = performance.now();
    await callbacks.call('onEpochBegin', epoch, {});
    const rates = epochRates(options, epoch, source.batchesPerEpoch, rateSearch);
    const { learningRate } = rates;
    const before = keepWeights(tf, student);
    let loss: number;
    let validationLoss: number | null = null;
    try {
      loss = await trainBatches(training, { epoch, rateAt: rates.at, callbacks, flag });
      const weights = student.weights.map((weight) => weight.read());
      if (!Number.isFinite(loss) || !(await allFinite(tf, weights))) {
        before.restore();
        throw diverged(epoch, `a loss of ${loss} or weights that are no finite numbers`, learningRate);
      }
      if (validation) validationLoss = await meanLoss(training, validation);
      if (!Number.isFinite(validationLoss ?? 0)) {
        before.restore();
        throw diverged(epoch, `a validation loss of ${validationLoss}`, learningRate);
      }
    } finally {
      before.dispose();
    }
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
      ...(rateSearch && { rateSearch }),
    }));
    if (flag.raised) stoppedBy = 'callback';
    else if (isStale(epoch)) stoppedBy = 'earlyStopping';
  }
  await callbacks.call('onTrainEnd', {});
  return {
    epochs,
    bestEpoch: record?.best.epoch ?? null,
    startValidationLoss: record?.best.startLoss ?? null,
    stoppedBy,
    rateSearch,
  };
}

/** A model with a fixed batch size may have layers that accept no other. */
function batchSizeOf(student: LayersModel, { batchSize }: FineTuneOptions): number {
  return batchSize ?? student.inputs[0]!.shape[0] ?? 32;
}

function diverged(epoch: number, what: string, rate: number): FuseInitError {
  return new FuseInitError(
    'VALUE_NOT_FINITE',
    `Epoch ${epoch} ended with ${what}: lower the learning rate (${rate}), and look whether the data hold NaN.`,
  );
}

function requireKnownLength({ warmUp = 0 }: FineTuneOptions, source: TrainingSource): void {
  if (warmUp === 0 || source.batchesPerEpoch !== undefined) return;
  throw new FuseInitError(
    'ARGUMENT_INVALID',
    'warmUp needs to know how many batches an epoch has, and this dataset has no size: give { xs, ys }, or let learningRate be a function.',
  );
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
