import { FuseInitError } from '@fuseinit/core';
import type { Tensor, TensorFlow } from '../tensorflow.js';
import type { TrainedGroup } from './trained-groups.js';

/** A loss and its gradients by names of variables, the receiver's to dispose. */
export interface LossGradients {
  readonly value: Tensor;
  readonly grads: Readonly<Record<string, Tensor>>;
}

/**
 * @throws ARGUMENT_INVALID where the loss depends on nothing that is trained.
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
    // tfjs has no codes: its own words tell these two.
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

/** What tfjs kept for gradients that are never computed: it disposes that at the end of a way back only. */
function disposeTape(tf: TensorFlow): void {
  const { state } = tf.engine() as unknown as {
    readonly state: {
      readonly gradientDepth: number;
      activeTape: readonly { readonly saved?: readonly Tensor[] }[] | null;
    };
  };
  // Within a gradient of the caller's the tape is still wanted.
  if (state.gradientDepth > 0) return;
  for (const { saved = [] } of state.activeTape ?? []) for (const tensor of saved) tensor.dispose();
  state.activeTape = null;
}

/** Takes one step of every group's optimizer. */
export function takeStep(groups: readonly TrainedGroup[], { grads }: LossGradients): void {
  for (const { variables, optimizer } of groups) {
    // Without a gradient too, since optimizers keep their moments by position.
    const own = variables.map(({ name }) => ({ name, tensor: grads[name] }));
    optimizer.applyGradients(own as never);
  }
}
