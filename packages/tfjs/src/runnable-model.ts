import { FuseInitError } from '@fuseinit/core';
import { predictBatch, requireNumericModel } from './network/predict-batch.js';
import { type SimplifyModelOptions, simplify } from './simplify-model.js';
import type { LayersModel, Tensor, TensorFlow } from './tensorflow.js';

/** A `tf.GraphModel` of the caller's TensorFlow.js. */
export type GraphModel = Awaited<ReturnType<TensorFlow['loadGraphModel']>>;

/** The format that a model runs in: layer by layer, or as a GraphModel with fused kernels. */
export type ModelFormat = 'layers' | 'graph';

/** A model of either format that can be run. */
export interface RunnableModel {
  /** The inputs, with their shapes including the batch axis; null for an open length. */
  readonly inputs: readonly {
    readonly name: string;
    readonly shape: readonly (number | null)[];
    readonly dtype: LayersModel['inputs'][number]['dtype'];
  }[];
  /** Returns one tensor for each output. The caller disposes of them. */
  run(inputs: readonly Tensor[]): Tensor[];
  dispose(): void;
}

/**
 * Wraps a LayersModel to be run. Disposing the result disposes the model.
 *
 * @throws MODEL_UNSUPPORTED for inputs that aren't numeric.
 */
export function runnableLayers(model: LayersModel): RunnableModel {
  requireNumericModel(model);
  return {
    inputs: model.inputs,
    run: (inputs) => predictBatch(model, inputs),
    dispose: () => model.dispose(),
  };
}

/**
 * Wraps a GraphModel to be run. Disposing the result disposes the model. Running it throws MODEL_UNSUPPORTED
 * where TensorFlow.js can't: it looks for the kernel of an operation only then.
 */
export function runnableGraph(model: GraphModel): RunnableModel {
  return {
    inputs: model.inputs.map(({ name, shape = [], dtype }) => ({
      name,
      shape: shape.map((length) => (length < 0 ? null : length)),
      dtype,
    })),
    run(inputs) {
      try {
        return [model.predict(inputs.length === 1 ? inputs[0]! : [...inputs])].flat() as Tensor[];
      } catch (cause) {
        throw new FuseInitError(
          'MODEL_UNSUPPORTED',
          `TensorFlow.js can't run the GraphModel: ${(cause as Error).message}`,
          { cause },
        );
      }
    },
    dispose: () => model.dispose(),
  };
}

/**
 * Returns a LayersModel in the form in which it runs when it is saved in a format. The model remains the
 * caller's, and must not be disposed while the result is in use.
 *
 * @param options The plugins whose affine forms replace custom layers in a GraphModel.
 * @throws LAYER_UNSUPPORTED for a layer that a GraphModel can't contain.
 */
export async function runnableAs(
  tf: TensorFlow,
  model: LayersModel,
  format: ModelFormat,
  options: Pick<SimplifyModelOptions, 'plugins'> = {},
): Promise<RunnableModel> {
  if (format === 'layers') return { ...runnableLayers(model), dispose() {} };
  const { artifacts } = simplify(model, { ...options, tf, format });
  return runnableGraph(await tf.loadGraphModel(tf.io.fromMemory(artifacts)));
}
