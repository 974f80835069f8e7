import { changeNetwork, type NetworkChange, type NetworkNode, tensorKey } from '@fuseinit/core';
import { outputOf, type Rule, type Scope } from '../scope.js';
import { withNameOf } from './merge.js';

/** Layers that combine several tensors, and return a single one unchanged. */
const combining = ['Add', 'Average', 'Concatenate', 'Maximum', 'Minimum', 'Multiply'];

/**
 * Drops a layer that returns its input unchanged: `Dropout` and the noise layers, which act only in training;
 * `Activation` of 'linear', `Reshape` to the same shape, padding and cropping by zero, pooling and upsampling
 * of size 1, a `Rescaling` by 1, a sum of one tensor, and an activation that doesn't change its input.
 *
 * It applies where the layer's affine form has no step and no activation, shape and dtype stay the same, the
 * call has no arguments that change this, and no mask depends on it. An output of the network keeps its name:
 * the layer before takes over the name, if it has a single output and no other reader, and isn't an input or
 * an output itself.
 */
export const identity: Rule = (node, scope) => {
  if (node.outputs.length !== 1 || node.inputs.length !== 1 || !scope.isFree(node)) return null;
  const form = scope.formOf(node);
  const isIdentity = combining.includes(node.layer.className)
    ? node.inputs.length === 1
    : form?.steps.length === 0 && form.activation === 'linear';
  const sameType =
    scope.inputDtype(node) === node.outputs[0]!.dtype &&
    JSON.stringify(scope.inputShape(node)) === JSON.stringify(node.outputs[0]!.shape);
  if (!isIdentity || !sameType) return null;
  const [input] = node.inputs;
  if (!scope.isOutput(node)) {
    const change: NetworkChange = { remove: [node.name], redirect: [[outputOf(node), input!]] };
    return { rule: 'identity', nodes: [node], change };
  }
  const source = scope.sourceOf(node);
  if (!source || !mayRename(source, scope)) return null;
  const renamed = withNameOf(source, node, scope);
  return {
    rule: 'identity',
    nodes: [node],
    change: { remove: [source.name], add: [{ ...renamed, origins: source.origins }] },
  };
};

/**
 * Replaces a layer by an earlier one that computes the same: one with the same weights on the same tensors,
 * or one without weights of the same class and config. It applies to layers of known classes whose results
 * don't depend on a mask.
 */
export const repeated: Rule = (node, scope) => {
  if (node.inputs.length === 0 || node.outputs.length !== 1 || scope.isOutput(node) || !scope.isPure(node))
    return null;
  const key = callKey(node);
  const [first] = node.inputs;
  const same = scope
    .readersOf(first!.node)
    .find(
      (other) =>
        other === node || (callKey(other) === key && hasSameLayer(other, node) && scope.isPure(other)),
    );
  if (!same || same === node) return null;
  const change: NetworkChange = { remove: [node.name], redirect: [[outputOf(node), outputOf(same)]] };
  return { rule: 'repeated', nodes: [same, node], change };
};

/** Drops nodes that no output of the network depends on. The network's inputs are kept. */
export const unread: Rule = (node, scope) => {
  if (node !== scope.network.nodes[0]) return null;
  const left = new Set(changeNetwork(scope.network, {}).nodes);
  const gone = scope.network.nodes.filter((candidate) => !left.has(candidate));
  return gone.length === 0 ? null : { rule: 'unread', nodes: gone, change: {} };
};

function mayRename(source: NetworkNode, scope: Scope): boolean {
  // An output name refers only to the first of several tensors.
  const isOne = source.outputs.length === 1 && scope.readersOf(source.name).length === 1;
  return isOne && !scope.isOutput(source) && scope.isFree(source);
}

function callKey({ inputs, layer }: NetworkNode): string {
  return [layer.className, ...inputs.map(tensorKey)].join();
}

function hasSameLayer({ layer }: NetworkNode, { layer: other }: NetworkNode): boolean {
  if (layer === other) return true;
  if (layer.weights.length > 0 || other.weights.length > 0 || layer.className !== other.className)
    return false;
  return configText(layer.config) === configText(other.config);
}

function configText({
  name: _name,
  trainable: _trainable,
  ...config
}: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(Object.entries(config).sort(([a], [b]) => (a < b ? -1 : 1)));
}
