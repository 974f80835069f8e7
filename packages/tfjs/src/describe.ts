import { multiplyAddsOf, nodeOf, readersOf, sizeOf, tensorType } from '@fuseinit/core';
import { fixedBatchOf } from './network/fixed-batch.js';
import { hasOpenLengths, withInputShapes } from './network/input-lengths.js';
import { readNetwork } from './network/read-network.js';
import { requireModel } from './network/require-model.js';
import type { LayersModel } from './tensorflow.js';

/** A layer of a model, as plain data. */
export interface DescribedLayer {
  /** The layer's name, prefixed by the names of the models that it is nested in. */
  readonly name: string;
  readonly className: string;
  /** The shape of each input, batch first. */
  readonly inputShapes: readonly (readonly (number | null)[])[];
  /** The shape of each output, batch first. */
  readonly outputShapes: readonly (readonly (number | null)[])[];
  /** The names of the layers whose outputs this layer reads. */
  readonly readsFrom: readonly string[];
  /** The names of the layers that read this layer's output. */
  readonly feeds: readonly string[];
  readonly isOutput: boolean;
  readonly parameters: number;
  /**
   * Multiply-adds for one sample, with inputs of the shapes in `countedFor` if the model leaves lengths open.
   */
  readonly multiplyAdds: number;
}

/** A model as plain data: its layers and its costs. */
export interface ModelDescription {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly layers: readonly DescribedLayer[];
  /**
   * The shapes of one sample of each input that multiply-adds are counted for; null if the model leaves no
   * length open.
   */
  readonly countedFor: readonly (readonly number[])[] | null;
}

/**
 * Describes a model's layers in an order in which they can be run, with their shapes and connections. Nested
 * models are flattened, and their layers are named `model/layer`.
 *
 * @param options.inputShapes The shapes of one sample of each input, which resolve the lengths that a model
 *   leaves open. By default they stay open, and multiply-adds are counted with 256 for each.
 * @throws MODEL_UNSUPPORTED, MODEL_UNBUILT, MODEL_DISPOSED for anything but a built LayersModel that isn't
 *   disposed.
 * @throws LAYER_UNSUPPORTED for lengths at which a layer can't be run.
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
