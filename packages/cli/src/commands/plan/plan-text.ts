import type { Plan, Planning, Trials } from '@fuseinit/planner';
import { count, error, large, milliseconds, times } from '../../terminal/figures.js';
import { scoreCells, scoreHeads } from '../../terminal/score-text.js';
import { type Column, table } from '../../terminal/table.js';
import { numberedPlans } from './numbered-plans.js';

/** Rows of the front that are shown. */
const mostRows = 20;

export function frontText(
  { teacher, skipped }: Planning,
  front: readonly Plan[],
  picked: Plan | undefined,
): string {
  const columns: Column[] = [
    { head: '' },
    { head: 'latency', align: 'right' },
    { head: 'teacher', align: 'right' },
    { head: 'parameters', align: 'right' },
    { head: 'mult-adds', align: 'right' },
    { head: 'depth', align: 'right' },
    { head: 'error', align: 'right' },
  ];
  const shown = thinned(front, picked);
  const rows = shown.map((plan) => ({
    number: front.indexOf(plan) + 1,
    plan,
    figures: [
      plan === picked ? '>' : ' ',
      milliseconds(plan.costs.latency),
      times(plan.costs.latency, teacher.latency),
      count(plan.costs.parameters),
      large(plan.costs.multiplyAdds),
      String(plan.costs.depth),
      error(plan.outputRelativeMse),
    ],
  }));
  const left = front.length - shown.length;
  return [
    'The best plans, predicted; error is the relative MSE of the output:',
    '',
    numberedPlans(columns, rows),
    ...(left > 0 ? [`${left} plans between them aren't shown; --json has all.`] : []),
    ...(skipped.length > 0 ? [`Not considered, for their size: ${skipped.length} spans or kernels.`] : []),
  ].join('\n');
}

export function trialsText({ plans, teacher, rankCorrelation }: Trials, front: readonly Plan[]): string {
  const { score, latency } = teacher;
  const scored = (of: typeof score) => (score && of ? scoreCells(of) : []);
  const columns: Column[] = [
    { head: 'tried', align: 'right' },
    { head: 'latency', align: 'right' },
    { head: 'teacher', align: 'right' },
    { head: 'predicted error', align: 'right' },
    { head: 'true error', align: 'right' },
    ...(score ? scoreHeads(score).map((head) => ({ head, align: 'right' }) as const) : []),
  ];
  const rows = plans.map((tried) => [
    String(front.indexOf(tried.plan) + 1),
    milliseconds(tried.latency.median),
    times(tried.latency.median, latency.median),
    error(tried.plan.outputRelativeMse),
    error(tried.outputRelativeMse),
    ...scored(tried.score),
  ]);
  const asIs = ['teacher', milliseconds(latency.median), '1.00 x', '-', '-', ...scored(score)];
  return [
    table(columns, [...rows, asIs]),
    ...(rankCorrelation === null
      ? []
      : [`Rank correlation of predicted and true errors: ${rankCorrelation.toFixed(2)}.`]),
    ...(score ? [`Scored on ${count(score.count)} samples that nothing was solved on.`] : []),
  ].join('\n');
}

/** Evenly, with the first, the last and the picked. */
function thinned(front: readonly Plan[], picked: Plan | undefined): readonly Plan[] {
  if (front.length <= mostRows) return front;
  const step = (front.length - 1) / (mostRows - 1);
  const kept = new Set(Array.from({ length: mostRows }, (_, row) => Math.round(row * step)));
  return front.filter((plan, index) => kept.has(index) || plan === picked);
}
