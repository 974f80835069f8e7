import { didYouMean, FuseInitError, listNames, type Network } from '@fuseinit/core';
import type { LayersModel, TensorFlow } from '@fuseinit/tfjs';
import { type Layer, liveLayersOf } from '@fuseinit/tfjs/internal';
import type * as tfjs from '@tensorflow/tfjs';

/** The factors of layers' learning rates, by layer name. */
type LayerRates = Readonly<Record<string, number>>;

/**
 * The factor of each layer's learning rate; for a layer called several times, it is looked up by the name of
 * the first call.
 */
function ratesOf(network: Network, layerRates: LayerRates = {}): ReadonlyMap<Layer, number> {
  const rates = new Map<Layer, number>();
  for (const [layer, name] of liveLayersOf(network)) rates.set(layer, layerRates[name] ?? 1);
  return rates;
}

/** The trainable variables of a model, which takes into account which nested models are frozen. */
function trainableVariables(model: LayersModel): ReadonlySet<tfjs.Variable> {
  return new Set(model.trainableWeights.map((weight) => weight.read() as tfjs.Variable));
}

/**
 * The layers with weights that training doesn't change. They run in inference mode, since batch normalisation
 * would otherwise update its moments.
 */
export function frozenLayers(
  model: LayersModel,
  network: Network,
  layerRates: LayerRates | undefined,
): ReadonlySet<Layer> {
  const trainable = trainableVariables(model);
  const frozen = new Set<Layer>();
  for (const [layer, rate] of ratesOf(network, layerRates)) {
    if (layer.weights.length === 0) continue;
    // Batch normalisation without scale and offset has no trainable weights, whether frozen or not.
    const own = (layer as unknown as { _trainableWeights: typeof layer.weights })._trainableWeights;
    const leftAlone = own.length > 0 && own.every((weight) => !trainable.has(weight.read() as tfjs.Variable));
    if (rate === 0 || !layer.trainable || leftAlone) frozen.add(layer);
  }
  return frozen;
}

/** The variables that are trained with the same rate factor, and their own optimizer. */
export interface TrainedGroup {
  readonly factor: number;
  readonly variables: readonly tfjs.Variable[];
  readonly optimizer: tfjs.Optimizer;
}

/**
 * Groups the trainable variables of a model by the rate factor of their layer. Each group has its own
 * optimizer, since scaling gradients has no effect on optimizers that normalise them (Adam, RMSProp).
 *
 * @param others Other groups of the same training, whose optimizers must not be used again.
 * @throws LAYER_UNKNOWN for a layer that isn't there.
 * @throws ARGUMENT_INVALID for a negative factor, when nothing is left to train, or if `optimizer` doesn't
 *   return a new optimizer.
 */
export function trainedGroups(
  tf: TensorFlow,
  model: LayersModel,
  network: Network,
  {
    layerRates = {},
    optimizer = tf.train.adam,
  }: {
    readonly layerRates?: LayerRates;
    readonly optimizer?: (learningRate: number) => tfjs.Optimizer;
  },
  others: readonly TrainedGroup[] = [],
): TrainedGroup[] {
  requireLayerRates(network, layerRates);
  const trainable = trainableVariables(model);
  const seen = new Set<tfjs.Variable>();
  const byFactor = new Map<number, tfjs.Variable[]>();
  for (const [layer, factor] of ratesOf(network, layerRates)) {
    for (const weight of layer.trainableWeights) {
      const variable = weight.read() as tfjs.Variable;
      if (factor === 0 || seen.has(variable) || !trainable.has(variable)) continue;
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
  const groups: TrainedGroup[] = [];
  try {
    for (const [factor, variables] of byFactor) {
      const made = optimizer(factor);
      requireNewOptimizer(made, [...others, ...groups]);
      groups.push({ factor, variables, optimizer: made });
    }
  } catch (error) {
    disposeGroups(tf, groups);
    throw error;
  }
  return groups;
}

/** Disposes the optimizers and their tensors. */
export function disposeGroups(tf: TensorFlow, groups: readonly TrainedGroup[]): void {
  for (const { optimizer } of groups) {
    optimizer.dispose();
    // The momentum optimizer doesn't dispose the rate, which its base class SGD keeps as a tensor.
    tf.dispose((optimizer as unknown as { c?: tfjs.Tensor }).c ?? []);
  }
}

/** Sets the rate of each group's next step. */
export function setRate(groups: readonly TrainedGroup[], rate: number): void {
  for (const { factor, optimizer } of groups) {
    // SGD keeps the rate in a tensor and has a setter for it; the other optimizers read the number at each
    // step.
    const settable = optimizer as unknown as { setLearningRate?(rate: number): void; learningRate: number };
    if (settable.setLearningRate) settable.setLearningRate(rate * factor);
    else settable.learningRate = rate * factor;
  }
}

function requireLayerRates(network: Network, layerRates: LayerRates): void {
  const names = new Map(network.nodes.map(({ name, layer }) => [name, layer]));
  for (const [name, factor] of Object.entries(layerRates)) {
    const layer = names.get(name);
    if (!layer) {
      throw new FuseInitError(
        'LAYER_UNKNOWN',
        `layerRates names ${JSON.stringify(name)}, and the student has no such layer.${didYouMean(name, names.keys())} It has ${listNames(names.keys())}.`,
        { layerName: name },
      );
    }
    const first = network.nodes.find((node) => node.layer === layer)!.name;
    if (first !== name) {
      throw new FuseInitError(
        'ARGUMENT_INVALID',
        `layerRates.${name} is another call of the layer "${first}", whose weights can't have two rates: name that one.`,
      );
    }
    if (!(Number.isFinite(factor) && factor >= 0)) {
      throw new FuseInitError(
        'ARGUMENT_INVALID',
        `layerRates.${name} is ${factor}: the part of the rate, a number from 0, was expected.`,
      );
    }
  }
}

function requireNewOptimizer(made: tfjs.Optimizer, groups: readonly TrainedGroup[]): void {
  if (typeof made?.applyGradients !== 'function') {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      `optimizer gave ${made === null ? 'null' : `a ${typeof made}`}: a tf.Optimizer was expected, as (rate) => tf.train.adam(rate) makes.`,
    );
  }
  if (groups.some(({ optimizer }) => optimizer === made)) {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      'optimizer gave the same tf.Optimizer twice: a new one for each call was expected, as (rate) => tf.train.adam(rate) makes.',
    );
  }
}

/**
 * Refuses a teacher that training the student would change. The two may share frozen layers.
 *
 * @throws ARGUMENT_INVALID for a teacher that shares weights with the student's trained layers.
 */
export function requireSeparateTeacher(
  student: Network,
  frozen: ReadonlySet<Layer>,
  teacher: LayersModel,
): void {
  const taught = new Set(teacher.weights.map((weight) => weight.read()));
  const shared = [...liveLayersOf(student)].find(
    ([layer]) => !frozen.has(layer) && layer.weights.some((weight) => taught.has(weight.read())),
  )?.[1];
  if (shared === undefined) return;
  throw new FuseInitError(
    'ARGUMENT_INVALID',
    `The layer "${shared}" of the student is the teacher's as well, so training would change the teacher: give the student layers of its own, or freeze this one.`,
    { layerName: shared },
  );
}
