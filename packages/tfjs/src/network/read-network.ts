import type {
  Network,
  NetworkLayer,
  NetworkNode,
  NetworkWeight,
  TensorRef,
  TensorType,
} from '@fuseinit/core';
import type { Layer, LayersModel, SymbolicTensor } from '../tensorflow.js';
import { layerConfig } from './layer-config.js';
import {
  activationLayerOf,
  callOf,
  isNestedModel,
  type LayerCall,
  outputIndexOf,
  sourceOf,
  weightsOf,
} from './layer-internals.js';
import { type ModelCalls, readMasks } from './mask-flow.js';
import { unusedName } from './unused-name.js';

/** A call of a layer, with the node that represents it. */
interface ReadCall {
  readonly layer: Layer;
  readonly node: Omit<NetworkNode, 'masks'>;
}

/** The tensors that the inputs of a nested model are bound to in one call of it. */
interface Scope extends ModelCalls {
  readonly path: string;
  readonly bindings: ReadonlyMap<number, TensorRef>;
  readonly calls: Map<LayerCall, string>;
  readonly nested: Map<LayerCall, Scope>;
}

/**
 * Reads a built model as data, backwards from its outputs, without changing it. Nested models are flattened.
 * An activation that is a layer of its own becomes a node of its own, named `NAME_activation`.
 *
 * Weights are read from the device when their `data` is first accessed, and only then, so that the network
 * keeps the model's weights as they were at that time.
 *
 * @throws MODEL_UNSUPPORTED for a layer whose `getConfig()` fails.
 */
export function readNetwork(model: LayersModel): Network {
  const read: ReadCall[] = [];
  const names = new Set<string>();
  const layers = layerReader(model);
  const shapes = new Map<string, readonly TensorType[]>();

  const nameFor = (path: string, layer: Layer): string => {
    const first = path + layer.name;
    let name = first;
    for (let call = 1; names.has(name); call++) name = `${first}:${call}`;
    names.add(name);
    return name;
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
    let name = scope.calls.get(call);
    if (name === undefined) {
      const inputs = call.inputTensors
        .filter((input) => input !== symbolic)
        .map((input) => trace(input, scope));
      name = nameFor(scope.path, layer);
      const outputs = call.outputTensors.map(({ dtype, shape }) => ({ dtype, shape: openLengths(shape) }));
      const own = isSpoiled
        ? ownTypes(
            layer,
            inputs.map((ref) => shapes.get(ref.node)![ref.output]!),
            outputs,
          )
        : outputs;
      shapes.set(name, own);
      const callArgs = plainArguments(call);
      scope.calls.set(call, name);
      read.push({
        layer,
        node: {
          name,
          layer: layers(layer, scope.path + layer.name),
          inputs,
          outputs: own,
          origins: [name],
          ...(callArgs && { callArgs }),
        },
      });
    }
    return { node: name, output: outputIndexOf(symbolic) };
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
  const masks = readMasks(model, root, new Map(read.map(({ node, layer }) => [node.name, layer])));
  const nodes = read.map(({ node }) => {
    const own = masks.get(node.name);
    return own ? { ...node, masks: own } : node;
  });
  return withActivationsApart({
    name: model.name,
    nodes,
    inputs,
    outputs,
    ...(!model.trainable && { frozen: true }),
  });
}

/** Converts layer instances to layers of a network. All calls of an instance share one layer. */
function layerReader(model: LayersModel): (layer: Layer, name: string) => NetworkLayer {
  const frozen = frozenAround(model);
  const read = new Map<Layer, NetworkLayer>();
  return (layer, name) => {
    const known = read.get(layer);
    if (known) return known;
    const trainable = layer.trainable && !frozen.has(layer);
    const config = layerConfig(layer);
    const made: NetworkLayer = {
      name,
      className: layer.getClassName(),
      config: activationLayerOf(layer) ? { ...config, activation: 'linear' } : config,
      weights: weightsRead(layer, trainable, model.trainable),
      trainable,
      source: layer,
    };
    read.set(layer, made);
    return made;
  };
}

function weightsRead(layer: Layer, trainable: boolean, modelTrains: boolean): NetworkWeight[] {
  const trained = new Set(trainable ? layer.trainableWeights : []);
  // A model that is frozen as a whole marks each weight as not trainable. The settings of its layers are read
  // instead, since they apply once it is unfrozen.
  const own = modelTrains
    ? []
    : ((layer as unknown as { _trainableWeights?: Layer['weights'] })._trainableWeights ?? []);
  if (trainable) for (const weight of own) trained.add(weight);
  return weightsOf(layer).map((weight) => {
    let data: NetworkWeight['data'] | undefined;
    return {
      name: weight.originalName.replace(`${layer.name}/`, ''),
      shape: weight.shape as number[],
      dtype: weight.dtype,
      trainable: trained.has(weight),
      get data() {
        data ??= weight.read().dataSync() as Float32Array;
        return data;
      },
    };
  });
}

/**
 * The layers that aren't trainable, whatever their own setting, because a frozen nested model contains them.
 * Whether the outermost model is frozen doesn't count.
 */
function frozenAround(model: LayersModel): ReadonlySet<Layer> {
  const frozen = new Set<Layer>();
  const trained = new Set<Layer>();
  const visit = (layers: readonly Layer[], isFrozen: boolean): void => {
    for (const layer of layers) {
      if (isNestedModel(layer)) visit(layer.layers, isFrozen || !layer.trainable);
      else (isFrozen ? frozen : trained).add(layer);
    }
  };
  visit(model.layers, false);
  // A layer that belongs to two models is trainable if one of them isn't frozen.
  return new Set([...frozen].filter((layer) => !trained.has(layer)));
}

/**
 * The arguments of a call that aren't tensors. Tensors belong to the graph, and tfjs-layers also lists them
 * among the inputs.
 */
function plainArguments({ callArgs }: LayerCall): Record<string, unknown> | undefined {
  const plain = Object.entries(callArgs ?? {}).filter(([, value]) => ![value].flat().some(isSymbolic));
  return plain.length > 0 ? Object.fromEntries(plain) : undefined;
}

function isSymbolic(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'sourceLayer' in value;
}

/** Makes each activation that is a layer a node after its layer, which then computes its pre-activation. */
function withActivationsApart(network: Network): Network {
  const taken = new Set(network.nodes.map(({ name }) => name));
  const layers = new Map<NetworkLayer, NetworkLayer>();
  const behind = new Map<string, string>();
  const nodes = network.nodes.flatMap((node) => {
    const outer = sourceOf(node.layer);
    const activation = outer && activationLayerOf(outer);
    if (!activation) return [node];
    const name = unusedName(`${node.name}_activation`, taken);
    taken.add(name);
    behind.set(node.name, name);
    const layer = layers.get(node.layer) ?? {
      name,
      className: activation.getClassName(),
      config: layerConfig(activation),
      weights: weightsRead(activation, activation.trainable && node.layer.trainable, true),
      trainable: activation.trainable && node.layer.trainable,
      source: activation,
    };
    layers.set(node.layer, layer);
    const { outputs, origins } = node;
    return [node, { name, layer, inputs: [{ node: node.name, output: 0 }], outputs, origins }];
  });
  if (behind.size === 0) return network;
  const moved = (ref: TensorRef) => ({ ...ref, node: behind.get(ref.node) ?? ref.node });
  return {
    ...network,
    nodes: nodes.map((node) =>
      node.name === behind.get(node.inputs[0]?.node ?? '')
        ? node
        : { ...node, inputs: node.inputs.map(moved) },
    ),
    outputs: network.outputs.map(moved),
  };
}

/**
 * Classes of tfjs-layers that overwrite the shape of their input, which the layer before them keeps, with
 * that of their output.
 */
const overwritingClasses = new Set(['CenterCrop', 'CategoryEncoding']);

/** Whether a model has a layer that corrupts the shapes that tfjs-layers keeps of earlier calls. */
function spoilsShapes({ layers }: LayersModel): boolean {
  return layers.some((layer) =>
    isNestedModel(layer) ? spoilsShapes(layer) : overwritingClasses.has(layer.getClassName()),
  );
}

/**
 * The outputs of a layer that was read from a model, with their shapes recomputed from those of its inputs.
 */
export function typesAfter(
  layer: NetworkLayer,
  inputs: readonly TensorType[],
  outputs: readonly TensorType[],
): readonly TensorType[] {
  const source = sourceOf(layer);
  return source ? ownTypes(source, inputs, outputs) : outputs;
}

function ownTypes(
  layer: Layer,
  inputs: readonly TensorType[],
  outputs: readonly TensorType[],
): readonly TensorType[] {
  if (inputs.length === 0) return outputs;
  const read = inputs.map(({ shape }) => [null, ...shape]);
  const given = layer.computeOutputShape(read.length === 1 ? read[0]! : read) as (number | null)[][];
  const shapes = Array.isArray(given[0]) ? given : [given as unknown as (number | null)[]];
  return outputs.map(({ dtype }, index) => ({ dtype, shape: openLengths(shapes[index]!) }));
}

/** A shape without its batch axis. tfjs-layers writes some open lengths as -1. */
function openLengths(shape: readonly (number | null)[]): (number | null)[] {
  return shape.slice(1).map((length) => (length === null || length < 0 ? null : length));
}
