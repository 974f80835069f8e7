import type { LayersModel, Loss, TensorFlow } from '@fuseinit/tfjs';

/** The loss on class indices or numbers that suits what a model gives: probabilities, logits, or values. */
export function labelLoss(tf: TensorFlow, model: LayersModel, labels: ArrayLike<number>): Loss {
  const classes = model.outputs[0]!.shape.at(-1)!;
  const activation = lastActivation(model);
  if (classes > 1) {
    if (activation === 'softmax') return 'sparseCategoricalCrossentropy';
    return (indices, logits) =>
      tf.losses.softmaxCrossEntropy(tf.oneHot(indices.flatten().toInt(), classes), logits);
  }
  const isBinary = Array.from(labels).every((label) => label === 0 || label === 1);
  return isBinary && activation === 'sigmoid' ? 'binaryCrossentropy' : 'meanSquaredError';
}

function lastActivation({ outputs }: LayersModel): unknown {
  const layer = outputs[0]!.sourceLayer;
  return layer.getClassName() === 'Softmax' ? 'softmax' : layer.getConfig().activation;
}
