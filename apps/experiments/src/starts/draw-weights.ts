import type { LayersModel, TensorFlow } from '@fuseinit/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { Initialization } from '../experiment.js';

/**
 * Draws the weights of some layers anew, all of them by default: kernels at random, gains and variances 1,
 * everything else 0.
 *
 * @param seed Decides every number; each kernel gets a seed of its own from it.
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
        // Counted for layers that keep theirs too, so that a layer's draw doesn't hang on which others are
        // drawn.
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
