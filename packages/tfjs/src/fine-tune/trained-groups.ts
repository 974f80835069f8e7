import { FuseInitError } from '@fuseinit/core';
import type * as tfjs from '@tensorflow/tfjs';
import type { ModelGraph } from '../graph/model-graph.js';
import type { TensorFlow } from '../tensorflow.js';

/** Variables that are trained at the same part of the rate, by an optimizer of their own. */
export interface TrainedGroup {
  readonly factor: number;
  readonly variables: readonly tfjs.Variable[];
  readonly optimizer: tfjs.Optimizer;
}

/**
 * The trainable variables of a model by the part of the rate that their layer gets. An optimizer each, since those that
 * divide by the size of gradients (Adam, RMSProp) don't see gradients made smaller.
 *
 * @throws LAYER_UNKNOWN for a layer that isn't there.
 * @throws ARGUMENT_INVALID for a part below 0, or when nothing is left to train.
 */
export function trainedGroups(
  tf: TensorFlow,
  graph: ModelGraph,
  {
    layerRates = {},
    optimizer = tf.train.adam,
  }: {
    readonly layerRates?: Readonly<Record<string, number>>;
    readonly optimizer?: (learningRate: number) => tfjs.Optimizer;
  },
): TrainedGroup[] {
  for (const [name, factor] of Object.entries(layerRates)) {
    if (!graph.nodes.some(({ id }) => id === name)) {
      throw new FuseInitError(
        'LAYER_UNKNOWN',
        `layerRates names ${JSON.stringify(name)}, and the student has no such layer. It has ${graph.nodes.map(({ id }) => id).join(', ')}.`,
        { layerName: name },
      );
    }
    if (!(Number.isFinite(factor) && factor >= 0)) {
      throw new FuseInitError(
        'ARGUMENT_INVALID',
        `layerRates.${name} is ${factor}: the part of the rate, a number from 0, was expected.`,
      );
    }
  }
  const seen = new Set<tfjs.Variable>();
  const byFactor = new Map<number, tfjs.Variable[]>();
  for (const { id, layer } of graph.nodes) {
    const factor = layerRates[id] ?? 1;
    for (const weight of layer.trainableWeights) {
      const variable = weight.read() as tfjs.Variable;
      if (factor === 0 || seen.has(variable)) continue;
      seen.add(variable);
      byFactor.set(factor, [...(byFactor.get(factor) ?? []), variable]);
    }
  }
  if (seen.size === 0) {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      'Nothing is left to train: every layer is frozen, has no weights, or has rate 0.',
    );
  }
  return [...byFactor].map(([factor, variables]) => ({ factor, variables, optimizer: optimizer(factor) }));
}

/** Sets the rate of each group's next step. */
export function setRate(groups: readonly TrainedGroup[], rate: number): void {
  for (const { factor, optimizer } of groups) {
    // SGD keeps the rate in a tensor and has a setter for it; the others read the number at each step.
    const settable = optimizer as unknown as { setLearningRate?(rate: number): void; learningRate: number };
    if (settable.setLearningRate) settable.setLearningRate(rate * factor);
    else settable.learningRate = rate * factor;
  }
}
