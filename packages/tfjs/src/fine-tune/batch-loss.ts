import { FuseInitError, type Network } from '@fuseinit/core';
import { liveLayersOf } from '../network/layer-internals.js';
import { type ModelRun, runModel } from '../network/run-network.js';
import type { Layer, LayersModel, Tensor, TensorFlow } from '../tensorflow.js';
import { type Distillation, distillationLoss } from './distillation.js';
import type { LabelLoss } from './label-losses.js';
import type { TrainingBatch } from './training-source.js';

/** What a student is trained to. */
export interface Objective {
  readonly model: LayersModel;
  /** The model as it was read, with its live layers. */
  readonly student: Network;
  /** Layers of the student that run as at inference, in training too. */
  readonly frozen: ReadonlySet<Layer>;
  readonly teacher: Network | undefined;
  readonly distillation: Distillation | undefined;
  /** One for each output; found when the first labels come. */
  readonly labelLosses: () => readonly LabelLoss[];
}

/** What the teacher makes of a batch, the receiver's to dispose; undefined without a teacher. */
export function teach(
  tf: TensorFlow,
  { teacher, distillation }: Objective,
  { xs }: TrainingBatch,
): ModelRun | undefined {
  if (!teacher || !distillation) return undefined;
  const run = () => runModel(teacher, xs, distillation.teacherNodes);
  return tf.tidy(run as never) as unknown as ModelRun;
}

/**
 * The loss of one batch, a scalar: on labels, on what was taught, and in training what regularizes the weights. Call it
 * inside `tf.tidy` or a gradient.
 *
 * @throws ARGUMENT_INVALID for a batch of which nothing counts.
 * @throws SHAPE_MISMATCH for labels of another number of outputs, or of another shape.
 */
export function batchLoss(
  tf: TensorFlow,
  { student, frozen, teacher, distillation, labelLosses }: Objective,
  { xs, ys }: TrainingBatch,
  taught: ModelRun | undefined,
  training: boolean,
): Tensor {
  const trains = training ? (layer: Layer) => !frozen.has(layer) : undefined;
  const run = runModel(student, xs, distillation?.studentNodes ?? [], trains && { trains });
  let loss: Tensor = tf.scalar(0);
  const labelWeight = distillation?.labels ?? 1;
  if (ys.length > 0 && labelWeight > 0) {
    const losses = labelLosses();
    requireOutputs(ys.length, run.outputs.length);
    for (const [index, output] of run.outputs.entries()) {
      loss = loss.add(losses[index]!(ys[index]!, output).mean().mul(labelWeight));
    }
  } else if (!distillation || distillation.outputs + distillation.preActivations === 0) {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      `The training data hold no labels (ys) and ${distillation ? 'distillation weighs nothing else' : 'no teacher came'}: one of them was expected.`,
    );
  }
  if (teacher && distillation && taught) {
    loss = loss.add(distillationLoss(tf, distillation, run, taught));
  }
  if (training) {
    // By layers: a `Sequential` itself tells none of its layers' penalties.
    const layers = [...liveLayersOf(student).keys()];
    for (const penalty of layers.flatMap((layer) => layer.calculateLosses())) loss = loss.add(penalty);
  }
  return loss;
}

function requireOutputs(labels: number, outputs: number): void {
  if (labels === outputs) return;
  throw new FuseInitError('SHAPE_MISMATCH', `Labels for ${labels} outputs came; the student has ${outputs}.`);
}
