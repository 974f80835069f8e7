import { changeNetwork, type NetworkChange, type NetworkNode, tensorKey } from '@fuseinit/core';
import { outputOf, type Rule, type Scope } from '../scope.js';
import { withNameOf } from './merge.js';

/** Layers that combine several tensors, and give a single one back as it is. */
const combining = ['Add', 'Average', 'Concatenate', 'Maximum', 'Minimum', 'Multiply'];

/**
 * A layer that gives its input back is dropped: `Dropout` and the noise layers, whose work is in training;
 * `Activation` of 'linear', `Reshape` to the shape that is there, padding and cropping by nothing, poolings
 * and enlargements of 1, a `Rescaling` by 1, a sum of one tensor, an activation of what it leaves as it is.
 *
 * Holds where the layer's affine form has no step and no activation, shape and dtype stay, no argument of the
 * call says otherwise, and no mask hangs on it. An output of the network keeps its name: the layer before
 * takes it on, if it makes one tensor alone, has no other reader, and isn't an input or an output itself.
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
 * A layer that computes what another one has computed takes that one's place: the same weights on the same
 * tensors, or a layer without weights of the same class and config. Holds for layers of a known meaning,
 * whose results depend on no mask.
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

/** What no output of the network depends on is dropped. The network's inputs stay. */
export const unread: Rule = (node, scope) => {
  if (node !== scope.network.nodes[0]) return null;
  const left = new Set(changeNetwork(scope.network, {}).nodes);
  const gone = scope.network.nodes.filter((candidate) => !left.has(candidate));
  return gone.length === 0 ? null : { rule: 'unread', nodes: gone, change: {} };
};

function mayRename(source: NetworkNode, scope: Scope): boolean {
  // Under the output's name there is only the first of several tensors.
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
