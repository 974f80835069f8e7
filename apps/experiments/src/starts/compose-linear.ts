import { FuseInitError } from '@fuseinit/core';
import type { LayersModel, Tensor, TensorFlow } from '@fuseinit/tfjs';
import type { layers, SymbolicTensor } from '@tensorflow/tfjs';

type Layer = layers.Layer;

/**
 * The weights of a fused layer: kernel [...kernelSize, inChannels, filters] or [inputs, units], bias
 * [filters].
 */
export interface ComposedWeights {
  readonly kernel: Tensor;
  readonly bias: Tensor;
}

/**
 * Computes the affine map of consecutive layers without their activations and with averages in place of
 * max-poolings. It sends the unit impulses of the receptive field through the layers and uses no data.
 *
 * @param receptiveField The receptive field of the layers; null if a dense layer is the last one.
 * @param kernelSize The kernel size of the fused convolution: the middle of the whole kernel, half a position
 * to the start where there is none, as `fuse` centres it.
 */
export function composeLinear(
  tf: TensorFlow,
  teacher: LayersModel,
  run: readonly string[],
  receptiveField: readonly number[] | null,
  kernelSize: readonly number[] | null,
): ComposedWeights {
  const originals = run.map((name) => teacher.getLayer(name));
  const first = (originals[0]!.input as SymbolicTensor).shape;
  const channels = first.at(-1)!;
  const inputShape = receptiveField ? [...receptiveField, channels] : (first.slice(1) as number[]);
  const probe = linearProbe(tf, originals, inputShape, receptiveField !== null);
  try {
    return tf.tidy(() => {
      const size = inputShape.reduce((product, length) => product * length, 1);
      const atZero = (probe.predictOnBatch(tf.zeros([1, ...inputShape])) as Tensor).flatten();
      const filters = atZero.size;
      const rows: Tensor[] = [];
      for (let start = 0; start < size; start += 512) {
        const count = Math.min(512, size - start);
        const impulses = tf.oneHot(tf.range(start, start + count, 1, 'int32'), size).toFloat();
        rows.push(
          (probe.predictOnBatch(impulses.reshape([count, ...inputShape])) as Tensor).reshape([
            count,
            filters,
          ]),
        );
      }
      const whole = tf.concat(rows).sub(atZero);
      if (!receptiveField || !kernelSize) return { kernel: tf.keep(whole), bias: tf.keep(atZero.clone()) };
      const begin = receptiveField.map((length, axis) => Math.floor((length - kernelSize[axis]!) / 2));
      const shaped = whole.reshape([...receptiveField, channels, filters]);
      const kernel = shaped.slice([...begin, 0, 0], [...kernelSize, channels, filters]);
      return { kernel: tf.keep(kernel.clone()), bias: tf.keep(atZero.clone()) };
    });
  } finally {
    probe.dispose();
  }
}

/**
 * Builds the layers on an input of one receptive field, without whatever isn't affine. Nothing is padded
 * where nothing needs to be.
 */
function linearProbe(
  tf: TensorFlow,
  originals: readonly Layer[],
  inputShape: readonly number[],
  isConvolution: boolean,
): LayersModel {
  const input = tf.input({ shape: [...inputShape] });
  let output = input as SymbolicTensor;
  const copies: (readonly [Layer, Layer])[] = [];
  for (const original of originals) {
    const layer = linearTwin(tf, original, isConvolution);
    if (!layer) continue;
    output = layer.apply(output) as SymbolicTensor;
    copies.push([original, layer]);
  }
  for (const [original, layer] of copies) layer.setWeights(original.getWeights());
  return tf.model({ inputs: input, outputs: output });
}

/**
 * Returns a layer without its activation, or an average pooling for a max-pooling; undefined for a layer that
 * passes its input on.
 */
function linearTwin(tf: TensorFlow, original: Layer, isConvolution: boolean): Layer | undefined {
  const config = { ...(original.getConfig() as Record<string, unknown>) };
  delete config.batchInputShape;
  const padding = isConvolution ? { padding: 'valid' } : {};
  const className = original.getClassName();
  switch (className) {
    case 'ReLU':
    case 'ELU':
    case 'Activation':
    case 'Dropout':
      return undefined;
    case 'MaxPooling1D':
    case 'AveragePooling1D':
      return tf.layers.averagePooling1d({ ...config, ...padding } as never);
    case 'MaxPooling2D':
    case 'AveragePooling2D':
      return tf.layers.averagePooling2d({ ...config, ...padding } as never);
    case 'Conv1D':
      return tf.layers.conv1d({ ...config, ...padding, activation: 'linear' } as never);
    case 'Conv2D':
      return tf.layers.conv2d({ ...config, ...padding, activation: 'linear' } as never);
    case 'Dense':
      return tf.layers.dense({ ...config, activation: 'linear' } as never);
    case 'BatchNormalization':
      return tf.layers.batchNormalization(config as never);
    case 'Flatten':
      return tf.layers.flatten(config as never);
    default:
      throw new FuseInitError(
        'LAYER_UNSUPPORTED',
        `The experiments' arm "composed" doesn't know the layer ${JSON.stringify(original.name)} (${className}).`,
        { layerName: original.name },
      );
  }
}
