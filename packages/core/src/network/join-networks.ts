import { FuseInitError } from '../errors/fuse-init-error.js';
import { type Network, type NetworkNode, type NodeMasks, type TensorRef, tensorKey } from './network.js';

/** Two networks joined into one, with the location of the second's tensors in it. */
export interface JoinedNetworks {
  /**
   * The first network with its own outputs, extended by those nodes of the second that compute something
   * different.
   */
  readonly network: Network;
  locate(ref: TensorRef): TensorRef;
}

/**
 * Joins two networks of the same inputs, so that one run computes the tensors of both. Nodes that call the
 * same layer object on the same tensors with the same masks are shared and run once.
 *
 * @throws ARGUMENT_INVALID when the networks have different numbers of inputs.
 */
export function joinNetworks(first: Network, second: Network): JoinedNetworks {
  if (first.inputs.length !== second.inputs.length) {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      `A network of ${first.inputs.length} inputs and one of ${second.inputs.length} can't be joined: they must read the same inputs.`,
    );
  }
  const joined: NetworkNode[] = [...first.nodes];
  const names = new Set(joined.map(({ name }) => name));
  const known = new Map(joined.map((node) => [callKey(node), node.name]));
  const located = new Map<string, string>();
  const locate = ({ node, output }: TensorRef): TensorRef => ({ node: located.get(node)!, output });
  second.inputs.forEach((name, index) => void located.set(name, first.inputs[index]!));
  for (const node of second.nodes) {
    if (located.has(node.name)) continue;
    const inputs = node.inputs.map(locate);
    const masks = node.masks && locateMasks(node.masks, located);
    const moved: NetworkNode = { ...node, inputs, ...(masks && { masks }) };
    const same = known.get(callKey(moved));
    if (same === undefined) {
      let name = node.name;
      for (let number = 1; names.has(name); number++) name = `${node.name}_${number}`;
      names.add(name);
      joined.push({ ...moved, name });
      known.set(callKey(moved), name);
      located.set(node.name, name);
    } else located.set(node.name, same);
  }
  return { network: { ...first, nodes: joined }, locate };
}

function locateMasks({ given, ofInputs }: NodeMasks, located: ReadonlyMap<string, string>): NodeMasks {
  const maker = (name: string | null) => (name === null ? null : located.get(name)!);
  return { given: maker(given), ofInputs: ofInputs.map(maker) };
}

let layersSeen = 0;
const layerNumbers = new WeakMap<object, number>();

/** A key that is equal for calls of the same layer on the same tensors. */
function callKey({ layer, inputs, masks, callArgs, name }: NetworkNode): string {
  if (inputs.length === 0 && layer.className === 'InputLayer') return `input ${name}`;
  if (!layerNumbers.has(layer)) layerNumbers.set(layer, layersSeen++);
  const makers = [masks?.given ?? null, ...(masks?.ofInputs ?? [])];
  return [layerNumbers.get(layer), ...inputs.map(tensorKey), JSON.stringify([makers, callArgs ?? {}])].join(
    ' ',
  );
}
