import {
  amountOf,
  type Budget,
  keepsLatency,
  type Plan,
  type PlanChoice,
  type Ratio,
} from '@fuseinit/planner';
import type { FusionReport } from '@fuseinit/report';
import { spansText } from '../../model/spans.js';
import { error, percent } from '../../terminal/figures.js';
import { printable } from '../../terminal/printable.js';
import { costText } from './plan-text.js';

/** The result of comparing a finished student with a budget, by the final measurements. */
export interface BudgetVerdict {
  readonly of: Budget['of'];
  /** The limit; in seconds for a latency. */
  readonly limit: number;
  /** The student's value. */
  readonly student: number;
  /** The student's value relative to the teacher's; for a latency with its interval. Null for an error. */
  readonly share: Ratio | null;
  /** The value of the network that was fused; null for an error, which it doesn't have. */
  readonly teacher: number | null;
  readonly isKept: boolean;
  /**
   * A plan of the front that would keep to the budget if its predicted cost is off by the same factor; null
   * if the budget is kept or there is no such plan, and undefined if no alternatives are known.
   */
  readonly wouldKeep: Plan | null | undefined;
}

/** @param choice The chosen plan, by which the student was made, and its alternatives, if they are known. */
export function budgetVerdict(
  budget: Budget,
  report: FusionReport,
  choice?: Pick<PlanChoice, 'front' | 'chosen'>,
): BudgetVerdict {
  if (budget.of === 'error') {
    const student = Math.max(0, ...report.outputs.map(({ relativeMse }) => relativeMse));
    const limit = budget.most;
    const isKept = student <= limit;
    return { of: 'error', limit, student, share: null, teacher: null, isKept, wouldKeep: null };
  }
  const { of: cost, amount } = budget;
  const [teacher, student] = (['teacher', 'student'] as const).map((network) =>
    cost === 'latency' ? report.latency![network].warm.median : report[network].cost[cost],
  ) as [number, number];
  const limit = amountOf(amount, teacher);
  const counted = student / teacher;
  const share =
    (cost === 'latency' && report.latency!.ratio) ||
    ({ median: counted, low: counted, high: counted } as Ratio);
  const isKept = keepsLatency(share, limit / teacher);
  const wouldKeep = choice && (isKept ? null : cheaperPlan(choice, cost, share.median, limit / teacher));
  return { of: cost, limit, student, share, teacher, isKept, wouldKeep };
}

/** The best plan whose predicted cost keeps to a limit if it is off by as much as that of the chosen one. */
function cheaperPlan(
  { front, chosen }: Pick<PlanChoice, 'front' | 'chosen'>,
  cost: Exclude<Budget['of'], 'error'>,
  measured: number,
  limit: number,
): Plan | null {
  const whole = front.at(-1)!.costs[cost];
  const factor = measured / (chosen!.costs[cost] / whole);
  const found = front.findLast(
    ({ spans, costs }) => spans.length > 0 && (costs[cost] / whole) * factor <= limit,
  );
  return found ?? null;
}

/** @param teacher The name of the network that was fused. */
export function verdictText(
  { of, limit, student, share, teacher: whole, isKept, wouldKeep }: BudgetVerdict,
  teacher: string,
): string {
  if (of === 'error' || whole === null || share === null) {
    return isKept
      ? `The budget is kept: the relative MSE of the output is ${error(student)}, ${error(limit)} was allowed.`
      : `The budget is MISSED: the relative MSE of the output is ${error(student)}, ${error(limit)} was allowed. A larger --max-error, training or more --data may keep it.`;
  }
  const between = share.low < share.high ? ` (${percent(share.low)} to ${percent(share.high)})` : '';
  const measured = `${costText(of, student)}, ${percent(share.median)}${between} of the ${teacher}'s in turns with it`;
  const allowed = `${percent(limit / whole)} was allowed`;
  if (isKept) {
    const close = share.median > limit / whole ? ', as far as times can tell' : '';
    return `The budget is kept${close}: ${measured}; ${allowed}.`;
  }
  const flag = { latency: '--max-latency', parameters: '--max-params', depth: '--max-depth' }[of];
  const advice =
    wouldKeep === undefined
      ? 'fuseinit plan finds other plans'
      : wouldKeep
        ? `${printable(spansText(wouldKeep.spans))} is likely to keep it (fuse --spans, at a predicted error of ${error(wouldKeep.outputRelativeMse)})`
        : 'no plan is likely to keep it';
  return `The budget is MISSED by ${percent(share.median - limit / whole)}: ${measured}; ${allowed}. ${flag} ${Math.ceil(100 * share.median)}% would be kept by this student; ${advice}.`;
}
