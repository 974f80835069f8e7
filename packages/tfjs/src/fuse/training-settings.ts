import type { Network, NetworkNode } from '@fuseinit/core';
import { trainingSettings, trainsAny } from '@fuseinit/simplify';
import type { FusedSpan } from './replace-span.js';

/**
 * A layer after a fusion that keeps its weights because of its training settings, or because its activation
 * can't be separated from it.
 */
export interface Unfitted {
  readonly node: NetworkNode;
  readonly reason: 'frozen' | 'constrained' | 'hiddenActivation';
}

/**
 * Whether a node's layer has weights that training would normally change but doesn't, because the layer, its
 * model or a nested model is frozen.
 */
export function isFrozen({ frozen = false }: Network, { layer }: NetworkNode): boolean {
  return frozen || layer.weights.some(({ trainable }) => !trainable);
}

/** The constraints of a node's layer, in words. */
export function constraintsOf({ layer }: NetworkNode): string[] {
  return trainingSettings(layer, 'Constraint').map(({ name, className }) => `${name} ${className}`);
}

/**
 * Warns about training settings that a fusion can't preserve.
 *
 * @param unfitted The layers that aren't refitted.
 */
export function settingsWarnings(spans: readonly FusedSpan[], unfitted: readonly Unfitted[]): string[] {
  const because = (reason: Unfitted['reason']) => unfitted.filter((one) => one.reason === reason);
  const frozen = because('frozen').map(({ node }) => quoted(node));
  const constrained = because('constrained').map(
    ({ node }) => `${quoted(node)} (${constraintsOf(node).join(', ')})`,
  );
  const hidden = because('hiddenActivation').map(({ node }) => quoted(node));
  return [
    ...spans.flatMap((span) => spanWarnings(span)),
    ...(frozen.length > 0
      ? [
          `Frozen layers aren't refitted to what they now see: ${frozen.join(', ')}. refitFrozen: true refits them as well.`,
        ]
      : []),
    ...(constrained.length > 0
      ? [
          `Layers aren't refitted where the solution would break their constraints: ${constrained.join(', ')}.`,
        ]
      : []),
    ...(hidden.length > 0
      ? [
          `Layers aren't refitted that have an activation by their getConfig(), but not as their property activation, an object with apply(tensor): ${hidden.join(', ')}.`,
        ]
      : []),
  ];
}

function spanWarnings({ name, nodes }: FusedSpan): string[] {
  const fused = `The fused layer ${JSON.stringify(name)}`;
  const warnings: string[] = [];
  const constrained = nodes.filter((node) => constraintsOf(node).length > 0);
  if (constrained.length > 0) {
    const list = constrained.map((node) => `${quoted(node)} (${constraintsOf(node).join(', ')})`);
    warnings.push(`${fused} has no constraint, and its weights meet none of those of ${list.join(', ')}.`);
  }
  const lost = nodes.flatMap((node) =>
    lostRegularizers(node, nodes.at(-1)!).map((what) => `${what} of ${quoted(node)}`),
  );
  if (lost.length > 0)
    warnings.push(`${fused} leaves out regularizers of the layers in it: ${lost.join(', ')}.`);
  const dropped = nodes.filter(({ layer }) => actsInTraining.includes(layer.className));
  if (dropped.length > 0) {
    const list = dropped.map((node) => `${quoted(node)} (${node.layer.className})`);
    warnings.push(`${fused} leaves out what acts in training alone: ${list.join(', ')}.`);
  }
  const withWeights = nodes.filter(({ layer }) => layer.weights.length > 0);
  const frozen = withWeights.filter(({ layer }) => !trainsAny(layer));
  if (frozen.length > 0 && frozen.length < withWeights.length) {
    warnings.push(
      `${fused} trains, though the teacher's ${frozen.map(quoted).join(', ')} in it didn't: other layers in it did.`,
    );
  }
  return warnings;
}

/** The classes of layers that compute nothing at inference. */
const actsInTraining = ['Dropout', 'SpatialDropout1D', 'GaussianDropout', 'GaussianNoise', 'AlphaDropout'];

/**
 * The regularizers of a layer that the fused layer lacks. The fused layer has the kernel and bias
 * regularizers of the last layer.
 */
function lostRegularizers(node: NetworkNode, last: NetworkNode): string[] {
  const kept = trainingSettings(last.layer, 'Regularizer').filter(({ name }) => /^(kernel|bias)/.test(name));
  return trainingSettings(node.layer, 'Regularizer')
    .filter((own) => !kept.some(({ name, text }) => name === own.name && text === own.text))
    .map(({ name }) => name);
}

function quoted({ name }: NetworkNode): string {
  return JSON.stringify(name);
}
