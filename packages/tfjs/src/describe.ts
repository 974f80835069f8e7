import { readGraph } from './graph/model-graph.js';
import { requireModel } from './graph/require-model.js';
import { multiplyAddsOf } from './report/cost.js';
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
 * What a model is made of, in an order in which it can be run: layers, shapes, which feeds which. Nested models are
 * flattened, their layers named `model/layer`.
 *
 * @throws MODEL_UNSUPPORTED, MODEL_UNBUILT, MODEL_DISPOSED for what is no living LayersModel.
 */
export function describe(model: LayersModel): ModelDescription {
  requireModel(model);
  const graph = readGraph(model);
  return {
    name: model.name,
    inputs: graph.inputs.map(({ id }) => id),
    outputs: graph.outputs.map(({ node }) => node.id),
    layers: graph.nodes.map((node) => ({
      name: node.id,
      className: node.layer.getClassName(),
      inputShapes: node.inputs.length === 0 ? [] : node.call.inputShapes,
      outputShapes: node.call.outputShapes,
      readsFrom: node.inputs.map(({ node: source }) => source.id),
      feeds: graph.nodes
        .filter((other) => other.inputs.some(({ node: source }) => source === node))
        .map(({ id }) => id),
      isOutput: graph.outputs.some((output) => output.node === node),
      parameters: node.layer.countParams(),
      multiplyAdds: multiplyAddsOf(node),
    })),
  };
}
