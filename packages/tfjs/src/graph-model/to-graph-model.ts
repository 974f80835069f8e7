import { type Network, type NetworkNode, nodeOf } from '@fuseinit/core';
import type * as tfjs from '@tensorflow/tfjs';
import {
  type Attribute,
  createGraphBuilder,
  dataType,
  type GraphTensor,
  tensorShape,
  type,
} from './graph-builder.js';
import { layerOperations } from './layer-operations.js';
import { withoutOperation } from './written-layer.js';

/** Options of {@link toGraphModel}. */
export interface GraphModelOptions {
  /**
   * Metadata, such as the labels of a classifier, that a model loaded by `tf.loadGraphModel` has as its
   * `metadata`.
   */
  readonly userDefinedMetadata?: Readonly<Record<string, object>>;
}

/**
 * Writes a network as the artifacts of a GraphModel, which `tf.loadGraphModel(tf.io.fromMemory(artifacts))`
 * of TensorFlow.js 3 and 4 loads. It has operations with fused kernels instead of layers, and is for
 * inference only. Predictions are those of the network, except that bias and activation are computed within a
 * product, which rounds as the backend does there.
 *
 * @throws LAYER_UNSUPPORTED for a layer without a graph operation, with its name.
 */
export function toGraphModel(network: Network, options: GraphModelOptions = {}): tfjs.io.ModelArtifacts {
  const graph = createGraphBuilder();
  const tensors = new Map<string, GraphTensor>();
  for (const node of network.nodes) {
    const name = (suffix = '') => (suffix === '' ? node.name : `${node.name}/${suffix}`);
    if (network.inputs.includes(node.name)) {
      const [{ shape, dtype }] = node.outputs as [NetworkNode['outputs'][0]];
      const attr = { dtype: type(dtype), shape: { shape: tensorShape([null, ...shape]) } };
      tensors.set(node.name, graph.add(name(), 'Placeholder', [], [null, ...shape], attr, dtype));
      continue;
    }
    if (node.outputs.length > 1) throw withoutOperation(node, ' of several outputs');
    const { config, weights } = node.layer;
    const inputs = node.inputs.map((input) => tensors.get(input.node)!);
    tensors.set(node.name, layerOperations({ graph, node, config, weights, inputs, name }));
  }
  const named = new Set(network.inputs.map((input) => tensors.get(input)!.name));
  const outputs = network.outputs.map(({ node }) => {
    const tensor = tensors.get(node)!;
    // An output that is also an input, or another output, gets an Identity operation, so that each output has
    // a name of its own. Layers that do nothing at inference return the tensor that they read.
    const isNew = !named.has(tensor.name);
    named.add(tensor.name);
    return isNew ? tensor : graph.add(`${node}/output`, 'Identity', [tensor], tensor.shape, {}, tensor.dtype);
  });
  const weights = joined(graph.constants.map(({ data }) => data));
  return {
    format: 'graph-model',
    generatedBy: 'FuseInit',
    convertedBy: null as never,
    modelTopology: { node: graph.nodes, library: {}, versions: { producer: 1395, minConsumer: 12 } },
    weightSpecs: graph.constants.map(({ name, shape, dtype }) => ({ name, shape: [...shape], dtype })),
    weightData: weights,
    signature: {
      inputs: signatureOf(network.inputs.map((name) => tensors.get(nodeOf(network, name).name)!)),
      outputs: signatureOf(outputs),
    },
    ...(options.userDefinedMetadata && { userDefinedMetadata: { ...options.userDefinedMetadata } }),
  };
}

function signatureOf(tensors: readonly GraphTensor[]): Record<string, Attribute> {
  return Object.fromEntries(
    tensors.map(({ name, dtype, shape }) => [
      name,
      { name: `${name}:0`, dtype: dataType(dtype), tensorShape: tensorShape(shape) },
    ]),
  );
}

function joined(arrays: readonly (Float32Array | Int32Array)[]): ArrayBuffer {
  const buffer = new ArrayBuffer(arrays.reduce((bytes, { byteLength }) => bytes + byteLength, 0));
  let offset = 0;
  for (const { buffer: from, byteOffset, byteLength } of arrays) {
    new Uint8Array(buffer, offset, byteLength).set(new Uint8Array(from, byteOffset, byteLength));
    offset += byteLength;
  }
  return buffer;
}
