import { multiplyAddsOf, nodeOf, readersOf, sizeOf, tensorType } from '@fuseinit/core';
import { fixedBatchOf } from './network/fixed-batch.js';
import { hasOpenLengths, withInputShapes } from './network/input-lengths.js';
import { readNetwork } from './network/read-network.js';
import { requireModel } from './network/require-model.js';
import type { LayersModel } from './tensorflow.js';

/** One layer of a model, as data. */
export interface DescribedLayer {
  /** Its name, after the names of the models it is nested in. */
  readonly name: string;
  readonly className: string;
  /** Of each input, batch first. */
  readonly inputShapes: readonly (readonly (number | null)[])[];
  /** Of each output, batch first. */
  readonly outputShapes: readonly (readonly (number | null)[])[];
  /** Names of the layers whose outputs it reads. */
  readonly readsFrom: readonly string[];
  /** Names of the layers that read its output. */
  readonly feeds: readonly string[];
  readonly isOutput: boolean;
  readonly parameters: number;
  /** Per sample; of lengths that the model leaves open, at those that `inputShapes` says. */
  readonly multiplyAdds: number;
}

/** A model as data: its layers and its costs. */
export interface ModelDescription {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly layers: readonly DescribedLayer[];
  /**
   * Shapes of one sample of each input that multiply-adds are counted for, where the model leaves lengths
   * open; null where it leaves none.
   */
  readonly countedFor: readonly (readonly number[])[] | null;
}

/**
 * What a model is made of, in an order in which it can be run: layers, shapes, which feeds which. Nested
 * models are flattened, their layers named `model/layer`.
 *
 * @param options.inputShapes Of one sample of each input: settles the lengths that a model leaves open.
 * Default they stay open, and multiply-adds are counted for 256 of each.
 * @throws MODEL_UNSUPPORTED, MODEL_UNBUILT, MODEL_DISPOSED for what is no living LayersModel.
 * @throws LAYER_UNSUPPORTED for lengths on which a layer can't be run.
 */
export function describe(
  model: LayersModel,
  { inputShapes }: { readonly inputShapes?: readonly (readonly number[])[] } = {},
): ModelDescription {
  requireModel(model);
  const open = readNetwork(model);
  const settled = withInputShapes(open, inputShapes);
  const network = inputShapes ? settled : open;
  const readers = readersOf(network);
  const batch = fixedBatchOf(network);
  const batched = (shape: readonly (number | null)[]) => [batch, ...shape];
  return {
    name: model.name,
    inputs: network.inputs,
    outputs: network.outputs.map(({ node }) => node),
    layers: network.nodes.map((node) => ({
      name: node.name,
      className: node.layer.className,
      inputShapes: node.inputs.map((input) => batched(tensorType(network, input).shape)),
      outputShapes: node.outputs.map(({ shape }) => batched(shape)),
      readsFrom: node.inputs.map((input) => input.node),
      feeds: [...new Set(readers.get(node.name)!.map(({ name }) => name))],
      isOutput: network.outputs.some((output) => output.node === node.name),
      parameters: node.layer.weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0),
      multiplyAdds: multiplyAddsOf(nodeOf(settled, node.name)),
    })),
    countedFor: hasOpenLengths(open)
      ? open.inputs.map((name) => nodeOf(settled, name).outputs[0]!.shape.map(Number))
      : null,
  };
}
