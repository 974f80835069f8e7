import { predictBatch } from './network/predict-batch.js';
import type { LayersModel, Tensor, TensorFlow } from './tensorflow.js';

type GraphModel = Awaited<ReturnType<TensorFlow['loadGraphModel']>>;

/** A model of either format, to be run. */
export interface RunnableModel {
  /** One tensor for each output, the caller's to dispose. */
  run(inputs: readonly Tensor[]): Tensor[];
  dispose(): void;
}

export function runnableLayers(model: LayersModel): RunnableModel {
  return { run: (inputs) => predictBatch(model, inputs), dispose: () => model.dispose() };
}

export function runnableGraph(model: GraphModel): RunnableModel {
  return {
    run: (inputs) => [model.predict(inputs.length === 1 ? inputs[0]! : [...inputs])].flat() as Tensor[],
    dispose: () => model.dispose(),
  };
}
