import { predictBatch, requireNumericModel } from './network/predict-batch.js';
import { simplify } from './simplify-model.js';
import type { LayersModel, Tensor, TensorFlow } from './tensorflow.js';

/** A `tf.GraphModel` of the caller's TensorFlow.js. */
export type GraphModel = Awaited<ReturnType<TensorFlow['loadGraphModel']>>;

/** What a model runs as: its layers one by one, or a GraphModel of fused kernels. */
export type ModelFormat = 'layers' | 'graph';

/** A model of either format, to be run. */
export interface RunnableModel {
  /** With shapes of a batch; null for a length that is open. */
  readonly inputs: readonly {
    readonly name: string;
    readonly shape: readonly (number | null)[];
    readonly dtype: LayersModel['inputs'][number]['dtype'];
  }[];
  /** Gives one tensor for each output, the caller's to dispose. */
  run(inputs: readonly Tensor[]): Tensor[];
  dispose(): void;
}

/**
 * @returns Disposing it disposes the model.
 * @throws MODEL_UNSUPPORTED for inputs of no numbers.
 */
export function runnableLayers(model: LayersModel): RunnableModel {
  requireNumericModel(model);
  return {
    inputs: model.inputs,
    run: (inputs) => predictBatch(model, inputs),
    dispose: () => model.dispose(),
  };
}

/** @returns Disposing it disposes the model. */
export function runnableGraph(model: GraphModel): RunnableModel {
  return {
    inputs: model.inputs.map(({ name, shape = [], dtype }) => ({
      name,
      shape: shape.map((length) => (length < 0 ? null : length)),
      dtype,
    })),
    run: (inputs) => [model.predict(inputs.length === 1 ? inputs[0]! : [...inputs])].flat() as Tensor[],
    dispose: () => model.dispose(),
  };
}

/**
 * A LayersModel as it runs when it is saved in a format; the model stays the caller's and is needed as long
 * as it runs.
 *
 * @throws LAYER_UNSUPPORTED for a layer that no GraphModel can have.
 */
export async function runnableAs(
  tf: TensorFlow,
  model: LayersModel,
  format: ModelFormat,
): Promise<RunnableModel> {
  if (format === 'layers') return { ...runnableLayers(model), dispose() {} };
  const { artifacts } = simplify(model, { tf, format });
  return runnableGraph(await tf.loadGraphModel(tf.io.fromMemory(artifacts)));
}
