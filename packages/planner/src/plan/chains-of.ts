import type { DescribedLayer, ModelDescription } from '@fuseinit/tfjs';

/**
 * The layers of a model as chains: each goes on as long as one layer alone reads the one before it, and that reads nothing
 * else. No span reaches from one chain into another.
 */
export function chainsOf({ layers }: ModelDescription): string[][] {
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const chains: string[][] = [];
  const chainOf = new Map<string, string[]>();
  for (const layer of layers) {
    const before = continues(layer, byName);
    const chain = (before === undefined ? undefined : chainOf.get(before)) ?? [];
    if (chain.length === 0) chains.push(chain);
    chain.push(layer.name);
    chainOf.set(layer.name, chain);
  }
  return chains;
}

/** The layer that this one goes on from, if it stands in a chain with it. */
function continues(
  { readsFrom }: DescribedLayer,
  byName: ReadonlyMap<string, DescribedLayer>,
): string | undefined {
  const [before] = readsFrom;
  if (before === undefined || readsFrom.length > 1) return undefined;
  const { feeds, isOutput } = byName.get(before)!;
  return feeds.length === 1 && !isOutput ? before : undefined;
}
