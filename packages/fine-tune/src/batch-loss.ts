import { FuseInitError, type Network } from '@fuseinit/core';
import type { LayersModel, Tensor, TensorFlow } from '@fuseinit/tfjs';
import { type Layer, liveLayersOf, type ModelRun, runModel } from '@fuseinit/tfjs/internal';
import { type Distillation, distillationLoss } from './distillation.js';
import type { LabelLoss } from './label-losses.js';
import type { TrainedGroup } from './trained-layers.js';
import type { TrainingBatch } from './training-data.js';

/** The objective of training: the student, its teacher if there is one, and the losses. */
export interface Objective {
  readonly model: LayersModel;
  /** The student as a network, which refers to the model's live layers. */
  readonly student: Network;
  /** The layers of the student that run in inference mode also in training. */
  readonly frozen: ReadonlySet<Layer>;
  readonly teacher: Network | undefined;
  readonly distillation: Distillation | undefined;
  /** Returns the loss on labels for each output; determined when the first labels arrive. */
  readonly labelLosses: () => readonly LabelLoss[];
}

/** Runs the teacher on a batch; undefined without a teacher. The caller disposes the result. */
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
 * The loss of one batch, a scalar: the loss on labels, the distillation loss, and in training the
 * regularization losses. Call it inside `tf.tidy` or a gradient.
 *
 * @throws ARGUMENT_INVALID for a batch to which no loss applies.
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
    // Losses are collected by layer, since a `Sequential` doesn't report its layers' regularization losses.
    const layers = [...liveLayersOf(student).keys()];
    for (const penalty of layers.flatMap((layer) => layer.calculateLosses())) loss = loss.add(penalty);
  }
  return loss;
}

function requireOutputs(labels: number, outputs: number): void {
  if (labels === outputs) return;
  throw new FuseInitError('SHAPE_MISMATCH', `Labels for ${labels} outputs came; the student has ${outputs}.`);
}

/** A loss and its gradients by variable name. The caller disposes them. */
export interface LossGradients {
  readonly value: Tensor;
  readonly grads: Readonly<Record<string, Tensor>>;
}

/**
 * @throws ARGUMENT_INVALID if the loss doesn't depend on any trained weight.
 * @throws LAYER_UNSUPPORTED where the backend can't compute the gradient.
 */
export function lossGradients(
  tf: TensorFlow,
  loss: () => Tensor,
  groups: readonly TrainedGroup[],
): LossGradients {
  const variables = groups.flatMap((group) => group.variables);
  try {
    return tf.tidy(() => tf.variableGrads(loss as never, variables as never) as never) as LossGradients;
  } catch (cause) {
    disposeTape(tf);
    if (FuseInitError.isInstance(cause)) throw cause;
    const message = String((cause as Error)?.message);
    // Errors of tfjs have no codes, so these two are recognised by their messages.
    if (/connection between any variable/.test(message)) {
      throw new FuseInitError(
        'ARGUMENT_INVALID',
        'The loss depends on no layer that is trained: look at layerRates, at frozen layers, and at what distillation weighs.',
        { cause },
      );
    }
    const [, kernel, backend] = /Kernel '(\w+)' not registered for backend '([\w-]+)'/.exec(message) ?? [];
    if (kernel === undefined) throw cause;
    throw new FuseInitError(
      'LAYER_UNSUPPORTED',
      `The backend ${backend} can't train this model: it has no ${kernel}. Train on another backend${backend === 'wasm' ? ', or call registerTrainingKernels of @fuseinit/wasm-gradients' : ''}.`,
      { cause },
    );
  }
}

/**
 * Disposes the tensors that tfjs kept for gradients that won't be computed, which it disposes only after
 * backpropagation.
 */
function disposeTape(tf: TensorFlow): void {
  const { state } = tf.engine() as unknown as {
    readonly state: {
      readonly gradientDepth: number;
      activeTape: readonly { readonly saved?: readonly Tensor[] }[] | null;
    };
  };
  // Inside a gradient of the caller's, the tape is still needed.
  if (state.gradientDepth > 0) return;
  for (const { saved = [] } of state.activeTape ?? []) for (const tensor of saved) tensor.dispose();
  state.activeTape = null;
}

/** Takes one step of every group's optimizer. */
export function takeStep(groups: readonly TrainedGroup[], { grads }: LossGradients): void {
  for (const { variables, optimizer } of groups) {
    // Variables without a gradient are included, since optimizers keep their moments by position.
    const own = variables.map(({ name }) => ({ name, tensor: grads[name] }));
    optimizer.applyGradients(own as never);
  }
}
