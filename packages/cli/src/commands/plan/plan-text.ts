import {
  amountOf,
  type Budget,
  type CostName,
  type Plan,
  type PlanChoice,
  type Planning,
  type Trials,
} from '@fuseinit/planner';
import { spansText } from '../../model/spans.js';
import {
  count,
  error,
  large,
  milliseconds,
  percent,
  ratio,
  scoreCells,
  scoreHeads,
  times,
} from '../../terminal/figures.js';
import { printable } from '../../terminal/printable.js';
import { type Column, table, terminalWidth } from '../../terminal/table.js';
import type { MadePlan } from './make-plan.js';

/** The maximum number of rows of the front that are shown. */
const mostRows = 20;

/** @param teacher The name of the network that plans are made for: the teacher, or its simplified form. */
export function planningText({ planning, choice }: MadePlan, teacher: string): string {
  const { front, trials } = choice;
  return [
    frontText(planning, choice, teacher),
    ...(trials ? ['', trialsText(trials, front, teacher)] : []),
  ].join('\n');
}

function frontText({ given, teacher, skipped }: Planning, choice: PlanChoice, name: string): string {
  const { front, predicted } = choice;
  const columns: Column[] = [
    { head: '' },
    { head: 'latency', align: 'right' },
    { head: 'share', align: 'right' },
    { head: 'parameters', align: 'right' },
    { head: 'mult-adds', align: 'right' },
    { head: 'depth', align: 'right' },
    { head: 'error', align: 'right' },
  ];
  const figures = (costs: Planning['teacher'], outputError: string) => [
    milliseconds(costs.latency),
    times(costs.latency, teacher.latency),
    count(costs.parameters),
    large(costs.multiplyAdds),
    String(costs.depth),
    outputError,
  ];
  const shown = thinned(front, predicted);
  const rows = shown.map((plan) => ({
    number: String(front.indexOf(plan) + 1),
    spans: plan.spans.length > 0 ? spansText(plan.spans) : `(the ${name})`,
    figures: [plan === predicted ? '>' : ' ', ...figures(plan.costs, error(plan.outputRelativeMse))],
  }));
  const left = front.length - shown.length;
  return [
    `The best plans, predicted; the share is of the ${name}'s latency, error is the relative MSE of the output:`,
    '',
    numberedPlans(columns, [
      ...rows,
      ...(given ? [{ number: '-', spans: '(as given)', figures: [' ', ...figures(given, '-')] }] : []),
    ]),
    ...(left > 0 ? [`${left} plans between them aren't shown; --json has all.`] : []),
    ...(skipped.length > 0 ? [`Not considered, for their size: ${skipped.length} spans or kernels.`] : []),
  ].join('\n');
}

function trialsText(trials: Trials, front: readonly Plan[], name: string): string {
  const { plans, teacher, given, rankCorrelation } = trials;
  const { score } = teacher;
  const scored = (of: typeof score) => (score && of ? scoreCells(of) : []);
  const columns: Column[] = [
    { head: 'tried', align: 'right' },
    { head: 'latency', align: 'right' },
    { head: 'share', align: 'right' },
    { head: 'predicted error', align: 'right' },
    { head: 'true error', align: 'right' },
    ...(score ? scoreHeads(score).map((head) => ({ head, align: 'right' }) as const) : []),
  ];
  const whole = (title: string, of: Trials['teacher']) => [
    title,
    milliseconds(of.latency.median),
    ratio(of.latency.ratio),
    '-',
    '-',
    ...scored(of.score),
  ];
  const rows = plans.map((tried) => [
    String(front.indexOf(tried.plan) + 1),
    milliseconds(tried.latency.median),
    ratio(tried.latency.ratio),
    error(tried.plan.outputRelativeMse),
    error(tried.outputRelativeMse),
    ...scored(tried.score),
  ]);
  return [
    table(columns, [...rows, whole(name, teacher), ...(given ? [whole('as given', given)] : [])]),
    ...(rankCorrelation === null || Number.isNaN(rankCorrelation)
      ? []
      : [`Rank correlation of predicted and true errors: ${rankCorrelation.toFixed(2)}.`]),
    ...(score ? [`Scored on ${count(score.count)} samples that nothing was solved on.`] : []),
  ].join('\n');
}

/** Describes a budget. */
export function budgetText(budget: Budget, { teacher }: Pick<Planning, 'teacher'>, name: string): string {
  if (budget.of === 'error') return `a relative MSE of the output of at most ${error(budget.most)}`;
  const { of: cost, amount } = budget;
  const share = amount.isShare ? `, ${percent(amount.value)} of the ${name}'s` : '';
  return `${costText(cost, amountOf(amount, teacher[cost]))}${share}`;
}

/** Describes the chosen plan and the file that it was written to. */
export function chosenText(
  budget: string,
  { front, chosen, predicted, alike }: PlanChoice,
  output: string | undefined,
): string {
  const how = predicted && predicted !== chosen ? ', as measured' : '';
  const others = alike.map(({ plan }) => `plan ${front.indexOf(plan) + 1}`);
  return [
    `Chosen for ${budget}${how}: plan ${front.indexOf(chosen!) + 1}, --spans ${printable(spansText(chosen!.spans))}`,
    ...(others.length > 0
      ? [`It can't be told apart by time or error from ${others.join(' and ')}: another run may choose that.`]
      : []),
    output === undefined
      ? 'Give -o plan.json to write it.'
      : `Written to ${printable(output)}, to be edited and given to fuse --plan.`,
  ].join('\n');
}

/** Explains that no plan keeps to a budget, and how close the best one gets. */
export function unmetText(budget: Budget, { planning, choice }: MadePlan, name: string): string {
  const { cost, chosen, costs, tried, trials } = choice;
  if (trials && !chosen) {
    return `Of the ${trials.plans.length} plans that were tried, all have an error of 1 or more, which is no better than giving the mean output always. Allow more, give more data, or train a smaller network.`;
  }
  if (!chosen || !costs) return `No fusion makes this network any cheaper in ${cost}.`;
  const outputError = (tried ?? chosen).outputRelativeMse;
  return `No plan keeps to ${budgetText(budget, planning, name)}. The closest has ${costText(cost, costs.student)} (${percent(costs.student / costs.teacher)} of the ${name}'s) and an error of ${error(outputError)}, ${tried ? 'measured' : 'predicted'}. Allow more, or train a smaller network.`;
}

/** The name of a cost in sentences. */
export function costName(cost: CostName): string {
  return { latency: 'latency', parameters: 'parameters', multiplyAdds: 'multiply-adds', depth: 'depth' }[
    cost
  ];
}

/** Formats a cost with its unit or name. */
export function costText(cost: CostName, value: number): string {
  switch (cost) {
    case 'latency':
      return `a latency of ${milliseconds(value)}`;
    case 'parameters':
      return `${count(value)} parameters`;
    case 'multiplyAdds':
      return `${large(value)} multiply-adds`;
    default:
      return `${count(value)} ${value === 1 ? 'layer' : 'layers'} with weights`;
  }
}

/**
 * Formats a table of plans with their spans at the end of each row, or below the table where they are long.
 */
function numberedPlans(
  columns: readonly Column[],
  plans: readonly { readonly number: string; readonly spans: string; readonly figures: readonly string[] }[],
): string {
  const numbered: Column[] = [{ head: 'plan', align: 'right' }, ...columns];
  const rows = plans.map(({ number, figures }) => [number, ...figures]);
  const inline = table(
    [...numbered, { head: 'spans' }],
    rows.map((row, index) => [...row, plans[index]!.spans]),
  );
  if (inline.split('\n').every((line) => line.length <= terminalWidth())) return inline;
  const below = plans.map(({ number, spans }) => `${number.padStart(4)}  ${printable(spans)}`);
  return [table(numbered, rows), '', ...below].join('\n');
}

/** Thins out a front evenly, keeping the first, the last and the picked plan. */
function thinned(front: readonly Plan[], picked: Plan | undefined): readonly Plan[] {
  if (front.length <= mostRows) return front;
  const step = (front.length - 1) / (mostRows - 1);
  const kept = new Set(Array.from({ length: mostRows }, (_, row) => Math.round(row * step)));
  return front.filter((plan, index) => kept.has(index) || plan === picked);
}
