import { type BackendAdapter, FuseInitError } from '@fuseinit/core';
import type { LayerSetting } from '@fuseinit/registry/testing';
import { readNetwork, type Tensor, type TensorFlow, toGraphModel } from '@fuseinit/tfjs';
import {
  createLayer,
  expectedOutputs,
  inputsOf,
  largestError,
  type SettingResult,
  weightsOf,
} from './run-setting.js';

/**
 * Computes one setting by the GraphModel that a model of this layer alone is written to, on the backend that
 * TensorFlow.js is set to; `refused` says why the layer can't be written.
 */
export async function runGraphSetting(
  tf: TensorFlow,
  backend: Pick<BackendAdapter<Tensor>, 'read'>,
  setting: LayerSetting,
): Promise<SettingResult> {
  const inputs = inputsOf(setting);
  const tensors = inputs.map(({ data, shape }) => tf.tensor(Float32Array.from(data), [...shape]));
  const made: { dispose(): unknown }[] = [];
  try {
    const symbols = inputs.map(({ shape }) => tf.input({ shape: shape.slice(1) }));
    const one = <Each>(several: Each[]) => (several.length === 1 ? several[0]! : several);
    const layer = createLayer(tf, setting);
    const read = setting.before ? createLayer(tf, setting.before).apply(one(symbols)) : one(symbols);
    const model = tf.model({ inputs: symbols, outputs: layer.apply(read as never) as never });
    made.push(model);
    const weights = weightsOf(layer);
    tf.tidy(() =>
      layer.setWeights(weights.map(({ data, shape }) => tf.tensor(Float32Array.from(data), [...shape]))),
    );
    const graph = await tf.loadGraphModel(tf.io.fromMemory(toGraphModel(readNetwork(model))));
    made.push(graph);
    const outputs = [graph.predict(one(tensors)) as Tensor | Tensor[]].flat();
    made.push(...outputs);
    return {
      relativeError: await largestError(backend, expectedOutputs(setting, inputs, weights), outputs),
    };
  } catch (error) {
    const isRefusal = FuseInitError.isInstance(error) && error.code === 'LAYER_UNSUPPORTED';
    // A model that was written must run wherever the layer does.
    return isRefusal ? { refused: error.message } : { relativeError: Number.MAX_VALUE };
  } finally {
    tf.dispose(tensors);
    for (const each of made) each.dispose();
  }
}
