import { FuseInitError } from '@fuseinit/core';
import type { SpanRequest } from './fuse/fuse-options.js';
import type { SimplifiedModel } from './simplify-model.js';

/**
 * Spans of a model as spans of its simplified form, for `fuse` of that. A batch norm or an activation that
 * was folded into a layer stands for that layer; a span that ends with a layer that was dropped ends before
 * it.
 *
 * @param spans By the names of layers of the model that was simplified.
 * @throws SPAN_NOT_FOUND for a name that the model has no layer of, or that no single layer stands for any
 * more.
 * @throws SPAN_ILLEGAL for a span that simplifying has made one layer of.
 */
export function simplifiedSpans(
  spans: readonly SpanRequest[],
  { successors }: Pick<SimplifiedModel, 'successors'>,
): SpanRequest[] {
  const successor = (name: string, end: 'first' | 'last'): string => {
    const found = successors.get(name);
    if (found?.[end]) return found[end];
    throw new FuseInitError(
      'SPAN_NOT_FOUND',
      found
        ? `The layer ${JSON.stringify(name)} is no single layer of the simplified model any more: name the layer before or after it, or fuse the model as it was given.`
        : `The model has no layer ${JSON.stringify(name)}. It has ${[...successors.keys()].join(', ')}.`,
      { layerName: name },
    );
  };
  return spans.map((span) => {
    const [from, to] = [successor(span.from, 'first'), successor(span.to, 'last')];
    if (from === to) {
      throw new FuseInitError(
        'SPAN_ILLEGAL',
        `The span from ${JSON.stringify(span.from)} to ${JSON.stringify(span.to)} is one layer already, ${JSON.stringify(from)}: simplifying the model has made it so, exactly.`,
        { layerName: from },
      );
    }
    return { ...span, from, to };
  });
}
