import type { LayersModel, TensorFlow } from '@fuseinit/tfjs';
import type { layers, Tensor } from '@tensorflow/tfjs';
import type { Experiment, Initialization } from '../experiment.js';

/** Builds the teacher of an experiment; its weights have still to be drawn. */
export function buildTeacher(tf: TensorFlow, { name, teacher }: Experiment): LayersModel {
  const { classNameMap } = tf.serialization.SerializationMap.getMap();
  return tf.sequential({
    name: name.replace(/-/g, '_'),
    layers: teacher.map(({ className, config }) => {
      const [layerClass, fromConfig] = classNameMap[className]!;
      return fromConfig(layerClass as never, { ...config } as never) as unknown as layers.Layer;
    }),
  });
}

/**
 * Draws new weights for some layers, by default for all: random kernels, gains and variances 1, everything
 * else 0.
 *
 * @param seed Determines every number; each kernel gets a seed of its own from it.
 */
export function drawWeights(
  tf: TensorFlow,
  model: LayersModel,
  initialization: Initialization,
  seed: number,
  isDrawn: (layerName: string) => boolean = () => true,
): void {
  let kernels = 0;
  for (const layer of model.layers) {
    const drawn = tf.tidy(() =>
      layer.weights.map(({ shape, originalName }) => {
        const size = shape as number[];
        // Kernels that are kept are counted too, so that a layer's draw doesn't depend on which other layers
        // are drawn.
        if (size.length > 1) return kernel(tf, initialization, size, seed * 1009 + kernels++);
        return /gamma|variance/.test(originalName) ? tf.ones(size) : tf.zeros(size);
      }),
    );
    if (isDrawn(layer.name) && drawn.length > 0) layer.setWeights(drawn);
    tf.dispose(drawn);
  }
}

function kernel(tf: TensorFlow, initialization: Initialization, shape: number[], seed: number): Tensor {
  const initializer =
    initialization === 'he'
      ? tf.initializers.heNormal({ seed })
      : tf.initializers.randomNormal({ mean: 0, stddev: 0.05, seed });
  return initializer.apply(shape) as Tensor;
}
