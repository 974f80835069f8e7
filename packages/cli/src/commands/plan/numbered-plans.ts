import type { Plan } from '@fuseinit/planner';
import { printable } from '../../terminal/printable.js';
import { type Column, table, terminalWidth } from '../../terminal/table.js';
import { spansText } from './spans-text.js';

/** A row of figures about a plan. */
export interface NumberedPlan {
  readonly number: number;
  readonly plan: Plan;
  readonly figures: readonly string[];
}

/** A table of plans with their spans: at the end of each row, or, where they are long, below. */
export function numberedPlans(columns: readonly Column[], plans: readonly NumberedPlan[]): string {
  const numbered: Column[] = [{ head: 'plan', align: 'right' }, ...columns];
  const rows = plans.map(({ number, figures }) => [String(number), ...figures]);
  const spans = plans.map(({ plan }) => spansText(plan.spans));
  const inline = table(
    [...numbered, { head: 'spans' }],
    rows.map((row, index) => [...row, spans[index]!]),
  );
  if (inline.split('\n').every((line) => line.length <= terminalWidth)) return inline;
  const below = plans.map(
    ({ number }, index) => `${String(number).padStart(4)}  ${printable(spans[index]!)}`,
  );
  return [table(numbered, rows), '', ...below].join('\n');
}
