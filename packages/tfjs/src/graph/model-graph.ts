import type { Layer, LayersModel, SymbolicTensor } from '../tensorflow.js';
import type { GraphNode, TensorRef } from './graph-node.js';
import { callOf, isNestedModel, type LayerCall, outputIndexOf } from './layer-internals.js';
import { type MaskFlow, type ModelCalls, readMaskFlow } from './mask-flow.js';
import { spoilsShapes, withOwnShapes } from './own-shapes.js';

export type { GraphNode, TensorRef } from './graph-node.js';

/** A model as calls of layers, nested models flattened. */
export interface ModelGraph {
  readonly model: LayersModel;
  /** Every node comes after the nodes that it reads. */
  readonly nodes: readonly GraphNode[];
  readonly inputs: readonly GraphNode[];
  readonly outputs: readonly TensorRef[];
  /** The masks that calls get in `predict`. */
  readonly masks: MaskFlow;
}

/** What the inputs of a nested model stand for at one call of it. */
interface Scope extends ModelCalls {
  readonly path: string;
  readonly bindings: ReadonlyMap<number, TensorRef>;
  readonly calls: Map<LayerCall, GraphNode>;
  readonly nested: Map<LayerCall, Scope>;
}

/** Reads the graph of a built model, backwards from its outputs; the model is only looked at. */
export function readGraph(model: LayersModel): ModelGraph {
  const nodes: GraphNode[] = [];
  const ids = new Set<string>();

  const idFor = (path: string, layer: Layer): string => {
    const name = path + layer.name;
    let id = name;
    for (let call = 1; ids.has(id); call++) id = `${name}:${call}`;
    ids.add(id);
    return id;
  };

  const isSpoiled = spoilsShapes(model);
  const trace = (symbolic: SymbolicTensor, scope: Scope): TensorRef => {
    const bound = scope.bindings.get(symbolic.id);
    if (bound) return bound;
    const layer = symbolic.sourceLayer as Layer;
    const call = callOf(symbolic);
    if (isNestedModel(layer)) {
      return trace(layer.outputs[outputIndexOf(symbolic)]!, nestedScope(layer, call, scope));
    }
    let node = scope.calls.get(call);
    if (!node) {
      const inputs = call.inputTensors
        .filter((input) => input !== symbolic)
        .map((input) => trace(input, scope));
      const own = isSpoiled ? withOwnShapes(call, layer, inputs) : call;
      node = { id: idFor(scope.path, layer), layer, call: own, inputs };
      scope.calls.set(call, node);
      nodes.push(node);
    }
    return { node, index: outputIndexOf(symbolic) };
  };

  const nestedScope = (layer: LayersModel, call: LayerCall, scope: Scope): Scope => {
    let inner = scope.nested.get(call);
    if (!inner) {
      const bindings = layer.inputs.map(
        (input, index) => [input.id, trace(call.inputTensors[index]!, scope)] as const,
      );
      inner = {
        path: `${scope.path}${layer.name}/`,
        bindings: new Map(bindings),
        calls: new Map(),
        nested: new Map(),
      };
      scope.nested.set(call, inner);
    }
    return inner;
  };

  const root: Scope = { path: '', bindings: new Map(), calls: new Map(), nested: new Map() };
  const inputs = model.inputs.map((input) => trace(input, root).node);
  const outputs = model.outputs.map((output) => trace(output, root));
  return { model, nodes, inputs, outputs, masks: readMaskFlow(model, nodes, root) };
}

/** The nodes that read any output of a node, each as often as it reads it. */
export function consumersOf(graph: ModelGraph, node: GraphNode): GraphNode[] {
  return graph.nodes.flatMap((other) => other.inputs.filter((input) => input.node === node).map(() => other));
}

/** Whether a layer is called more than once in the graph. */
export function isShared(graph: ModelGraph, { layer }: GraphNode): boolean {
  return graph.nodes.filter((node) => node.layer === layer).length > 1;
}
