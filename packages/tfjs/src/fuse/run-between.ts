import { FuseInitError } from '@fuseinit/core';
import type { GraphNode, ModelGraph } from '../graph/model-graph.js';

/**
 * The student's nodes of a run, by the names of its first and last: more than the teacher's where an activation that
 * is a layer of its own came off.
 */
export function runBetween(graph: ModelGraph, first: string, last: string): GraphNode[] {
  let node = graph.nodes.find(({ id }) => id === last);
  const run: GraphNode[] = [];
  for (; node; node = node.inputs[0]?.node) {
    run.unshift(node);
    if (node.id === first) return run;
  }
  throw new FuseInitError(
    'SPAN_NOT_FOUND',
    `The student has lost the layers from ${JSON.stringify(first)} to ${JSON.stringify(last)}: please report this.`,
  );
}
