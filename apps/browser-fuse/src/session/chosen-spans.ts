import type { LegalSpan } from '@fuseinit/tfjs';
import type { ChosenSpan } from './chosen-span.js';
import type { Session } from './session.js';

/** Adds a span in the order of the network. */
export function addSpan(session: Session, span: LegalSpan): void {
  const order = session.model.value!.description.layers.map(({ name }) => name);
  session.spans.value = [...session.spans.value, { ...span, chosenKernel: null }].sort(
    (a, b) => order.indexOf(a.from) - order.indexOf(b.from),
  );
  session.picking.value = null;
  session.said.value = `${span.from} to ${span.to} will become one layer.`;
}

export function removeSpan(session: Session, span: ChosenSpan): void {
  session.spans.value = session.spans.value.filter((other) => other !== span);
  session.said.value = `${span.from} to ${span.to} stays as it is.`;
}

export function chooseKernel(
  session: Session,
  span: ChosenSpan,
  chosenKernel: readonly number[] | null,
): void {
  session.spans.value = session.spans.value.map((other) =>
    other === span ? { ...span, chosenKernel } : other,
  );
}
