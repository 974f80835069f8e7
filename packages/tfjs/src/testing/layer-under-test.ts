import {
  describeNode,
  FuseInitError,
  inputNode,
  type LayerPlugin,
  type LoweredLayer,
  lowerLayer,
  type NdArray,
  type Network,
  type NetworkNode,
  tensorType,
  type WeightedLayer,
} from '@fuseinit/core';
import { sourceOf } from '../network/layer-internals.js';
import { requireDeclaredActivation, requireSeparableActivation } from '../network/pre-activation.js';
import { runNetwork } from '../network/run-network.js';
import type { Tensor, TensorFlow } from '../tensorflow.js';

/** A layer of a model, as its plugin describes it and as TensorFlow.js runs it. */
export interface LayerUnderTest {
  readonly plugin: LayerPlugin;
  readonly label: string;
  readonly layer: WeightedLayer;
  readonly lowered: LoweredLayer;
  readonly inputTypes: readonly { readonly shape: readonly number[]; readonly dtype: string }[];
  /** Runs the layer itself, without its activation if so asked. */
  run(inputs: readonly NdArray[], beforeActivation?: boolean): Promise<NdArray>;
  /** Computes the layer's own mask of inputs without masks; undefined for none. */
  mask(inputs: readonly NdArray[]): Promise<NdArray | undefined>;
}

/** Prepares a layer of a model to be run on its own. */
export function layerUnderTest(
  tf: TensorFlow,
  plugin: LayerPlugin,
  network: Network,
  node: NetworkNode,
): LayerUnderTest {
  const source = sourceOf(node.layer)!;
  const description = describeNode(network, node);
  const lowered = lowerLayer(plugin, description);
  check(
    node.outputs.length === 1,
    `The layer ${JSON.stringify(node.name)} has ${node.outputs.length} outputs: a layer of one output was expected.`,
  );
  requireDeclaredActivation(source);
  if (lowered.roles.ends) requireSeparableActivation(source);
  const alone = networkOf(network, node);
  const tensors = (inputs: readonly NdArray[]): Tensor[] =>
    inputs.map(({ shape, data }, index) =>
      tf.tensor(Float32Array.from(data), [...shape], alone.nodes[index]!.outputs[0]!.dtype as 'float32'),
    );
  const read = async (tensor: Tensor): Promise<NdArray> => {
    const array = { shape: tensor.shape, data: Float64Array.from(await tensor.data()) };
    tensor.dispose();
    return array;
  };
  return {
    plugin,
    label: `${node.layer.className} ${JSON.stringify(node.name)}`,
    layer: { ...description, weights: node.layer.weights.map(inFloat64) },
    lowered,
    inputTypes: node.inputs.map((ref) => {
      const { shape, dtype } = tensorType(network, ref);
      return { shape: shape.map(Number), dtype };
    }),
    run: (inputs, beforeActivation = false) =>
      read(
        tf.tidy(
          () => runNetwork(alone, tensors(inputs), [{ node: node.name, output: 0, beforeActivation }])[0]!,
        ),
      ),
    async mask(inputs) {
      const mask = tf.tidy(() => {
        const masks = inputs.map(() => undefined) as unknown as Tensor[];
        const made = source.computeMask(tensors(inputs), masks) as Tensor | Tensor[] | null;
        return [made].flat()[0] ?? undefined;
      });
      return mask && read(mask);
    },
  };
}

/** A network of one layer and its inputs. */
function networkOf(network: Network, { masks: _, ...node }: NetworkNode): Network {
  const inputs = node.inputs.map((ref, index) =>
    inputNode(`${node.name}/input${index}`, tensorType(network, ref)),
  );
  const names = inputs.map(({ name }) => name);
  return {
    name: node.name,
    nodes: [...inputs, { ...node, inputs: names.map((name) => ({ node: name, output: 0 })) }],
    inputs: names,
    outputs: [{ node: node.name, output: 0 }],
  };
}

function inFloat64({ shape, data }: { shape: readonly number[]; data: ArrayLike<number> }): NdArray {
  return { shape, data: Float64Array.from(data) };
}

/** The error for a check that failed. */
export function failed(reason: string, layerName?: string, cause?: unknown): FuseInitError {
  return new FuseInitError('CHECK_FAILED', reason, {
    ...(layerName !== undefined && { layerName }),
    ...(cause !== undefined && { cause }),
  });
}

/** Throws CHECK_FAILED with the reason unless `holds`. */
export function check(holds: boolean, reason: string): void {
  if (!holds) throw failed(reason);
}
