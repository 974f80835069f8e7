import { didYouMean, FuseInitError, listNames } from '@fuseinit/core';
import type { SpanRequest } from './fuse/fuse-options.js';
import type { SimplifiedModel } from './simplify-model.js';

/**
 * Translates spans of a model to spans of its simplified form, to be fused there. A batch norm or an
 * activation that was folded into a layer is represented by that layer. A span that ends with a layer that
 * was dropped ends before it.
 *
 * @param spans The spans, by the names of layers of the original model.
 * @throws SPAN_NOT_FOUND for a name that no layer of the model has, or that no single layer represents any
 *   more.
 * @throws SPAN_ILLEGAL for a span that simplifying has already reduced to one layer.
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
        : `The model has no layer ${JSON.stringify(name)}.${didYouMean(name, successors.keys())} It has ${listNames(successors.keys())}.`,
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
