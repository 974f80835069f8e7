import { multiplyAddsOf, readersOf, sizeOf, tensorType } from '@fuseinit/core';
import { fixedBatchOf } from './network/fixed-batch.js';
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
  /** Per sample. */
  readonly multiplyAdds: number;
}

export interface ModelDescription {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly layers: readonly DescribedLayer[];
}

/**
 * What a model is made of, in an order in which it can be run: layers, shapes, which feeds which. Nested
 * models are flattened, their layers named `model/layer`.
 *
 * @throws MODEL_UNSUPPORTED, MODEL_UNBUILT, MODEL_DISPOSED for what is no living LayersModel.
 */
export function describe(model: LayersModel): ModelDescription {
  requireModel(model);
  const network = readNetwork(model);
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
      multiplyAdds: multiplyAddsOf(node),
    })),
  };
}
