import type { LayersModel } from '../tensorflow.js';
import { consumersOf, readGraph } from './model-graph.js';

/**
 * Why `predict` of TensorFlow.js may fail on a model whose layers it can run, in words; undefined where nothing in the
 * graph is of that kind.
 *
 * It counts the layers that read a tensor, but a layer that reads it twice for two, and so disposes it before the others
 * have read it. An output that is listed twice it fills in once.
 */
export function readTwice(model: LayersModel): string | undefined {
  const names = model.outputs.map(({ name }) => name);
  const repeated = names.find((name, index) => names.indexOf(name) < index);
  if (repeated !== undefined) {
    return `It lists the output ${JSON.stringify(repeated)} twice, and predict fills in the first only: list it once.`;
  }
  const graph = readGraph(model);
  for (const reader of graph.nodes) {
    const twice = reader.inputs.find(({ node, index }, at) =>
      reader.inputs.slice(0, at).some((other) => other.node === node && other.index === index),
    );
    const others = twice ? consumersOf(graph, twice.node).filter((other) => other !== reader) : [];
    if (!twice || others.length === 0) continue;
    const [name, source, other] = [reader, twice.node, others[0]!].map(({ id }) => JSON.stringify(id));
    return `The layer ${name} reads the output of ${source} twice, and predict then disposes it before the layer ${other} has read it: let ${name} read it by an Activation layer of 'linear' instead.`;
  }
  return undefined;
}
