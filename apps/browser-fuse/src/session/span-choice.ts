import type { FoundSpans, LegalSpan, ModelDescription } from '@fuseinit/tfjs';
import type { ChosenSpan } from './chosen-span.js';

/** Whether a layer can be chosen now; if not, why, in words. */
export type LayerChoice =
  | { readonly kind: 'first' }
  | { readonly kind: 'last'; readonly span: LegalSpan }
  | { readonly kind: 'picked' }
  | { readonly kind: 'refused'; readonly reason: string };

export interface SpanChoiceState {
  readonly description: ModelDescription;
  readonly found: FoundSpans;
  readonly chosen: readonly ChosenSpan[];
  readonly picking: string | null;
}

/** What choosing a layer would do: begin a span, end the one begun, or nothing, with the reason. */
export function layerChoice(state: SpanChoiceState, layer: string): LayerChoice {
  const taken = state.chosen.find(({ layers }) => layers.includes(layer));
  if (taken) return refused(`"${layer}" is already in the span from ${taken.from} to ${taken.to}.`);
  if (state.picking === layer) return { kind: 'picked' };
  return state.picking === null ? firstChoice(state, layer) : lastChoice(state, state.picking, layer);
}

/** Why a legal span can't be added to those chosen; undefined where it can. */
export function overlapReason(chosen: readonly ChosenSpan[], span: LegalSpan): string | undefined {
  const other = chosen.find(({ layers }) => layers.some((layer) => span.layers.includes(layer)));
  return other && `It shares layers with the span from ${other.from} to ${other.to}.`;
}

function firstChoice({ description, found, chosen }: SpanChoiceState, layer: string): LayerChoice {
  const spans = found.legal.filter(({ from }) => from === layer);
  if (spans.some((span) => !overlapReason(chosen, span))) return { kind: 'first' };
  if (spans.length > 0) return refused(`Every span from "${layer}" shares layers with one already chosen.`);
  const stopped = found.illegal.find(({ from }) => from === layer);
  if (stopped) return refused(stopped.reason);
  const { className, parameters, feeds, inputShapes } = find(description, layer);
  if (inputShapes.length === 0)
    return refused(`"${layer}" is an input of the model: there is nothing to fuse.`);
  if (parameters > 0 && feeds.length === 0) return refused(`No layer comes after "${layer}".`);
  return refused(
    `A span begins with a dense or convolutional layer that another one follows; "${layer}" is ${article(className)}.`,
  );
}

function lastChoice(
  { description, found, chosen }: SpanChoiceState,
  from: string,
  layer: string,
): LayerChoice {
  const span = found.legal.find((legal) => legal.from === from && legal.to === layer);
  if (span) {
    const overlap = overlapReason(chosen, span);
    return overlap ? refused(overlap) : { kind: 'last', span };
  }
  const order = description.layers.map(({ name }) => name);
  const position = order.indexOf(layer);
  if (position < order.indexOf(from)) return refused(`"${layer}" stands before "${from}".`);
  const stop = found.illegal.find((illegal) => illegal.from === from);
  if (stop && position >= order.indexOf(stop.to)) return refused(stop.reason);
  return refused(
    `A span ends with a dense or convolutional layer; "${layer}" is ${article(find(description, layer).className)}.`,
  );
}

function find({ layers }: ModelDescription, name: string) {
  return layers.find((layer) => layer.name === name)!;
}

function article(className: string): string {
  return `${/^[AEIOU]/.test(className) ? 'an' : 'a'} ${className}`;
}

function refused(reason: string): LayerChoice {
  return { kind: 'refused', reason };
}
