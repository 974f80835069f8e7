import type { Network, NetworkLayer, NetworkNode } from '@fuseinit/core';

/** A constraint or a regularizer in a layer's config. */
export interface TrainingSetting {
  /** The entry of the config, such as `kernelConstraint`. */
  readonly name: string;
  readonly className: string;
  /** The setting as JSON, for comparison. */
  readonly text: string;
}

/** The constraints or the regularizers in a layer's config. */
export function trainingSettings(
  { config }: NetworkLayer,
  kind: 'Constraint' | 'Regularizer',
): TrainingSetting[] {
  return Object.entries(config).flatMap(([name, value]) => {
    if (!name.endsWith(kind) || typeof value !== 'object' || value === null) return [];
    return [
      { name, className: String((value as { className?: unknown }).className), text: JSON.stringify(value) },
    ];
  });
}

/** Whether training changes any weight of a layer. */
export function trainsAny({ weights }: NetworkLayer): boolean {
  return weights.some(({ trainable }) => trainable);
}

/**
 * Warnings about constraints, regularizers and frozen layers of a network that a rewritten one doesn't have
 * as they were.
 */
export function settingsWarnings(before: Network, after: Network): string[] {
  const given = new Map(before.nodes.map((node) => [node.name, node]));
  const lost: string[] = [];
  const thawed: string[] = [];
  for (const { layer, origins } of after.nodes) {
    const nodes = origins.flatMap((name) => given.get(name) ?? []);
    if (nodes.some((node) => node.layer === layer)) continue;
    lost.push(...nodes.flatMap((node) => lostSettings(node, layer)));
    const withWeights = nodes.filter((node) => node.layer.weights.length > 0);
    const frozen = withWeights.filter((node) => !node.layer.trainable);
    if (trainsAny(layer) && frozen.length > 0)
      thawed.push(`${frozen.map(quoted).join(', ')} in ${JSON.stringify(layer.name)}`);
  }
  const warnings: string[] = [];
  if (lost.length > 0) {
    warnings.push(
      `Merged layers leave out constraints and regularizers, which were meant for the weights before: ${[...new Set(lost)].join(', ')}.`,
    );
  }
  if (thawed.length > 0) {
    warnings.push(
      `Frozen layers were merged with layers that train, and now train with them: ${[...new Set(thawed)].join('; ')}.`,
    );
  }
  return warnings;
}

function lostSettings(node: NetworkNode, after: NetworkLayer): string[] {
  const settings = (layer: NetworkLayer) => [
    ...trainingSettings(layer, 'Constraint'),
    ...trainingSettings(layer, 'Regularizer'),
  ];
  const kept = settings(after);
  return settings(node.layer)
    .filter((own) => !kept.some(({ name, text }) => name === own.name && text === own.text))
    .map(({ name, className }) => `${name} ${className} of ${quoted(node)}`);
}

function quoted({ name }: NetworkNode): string {
  return JSON.stringify(name);
}
