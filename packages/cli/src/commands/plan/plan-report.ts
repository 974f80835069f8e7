import { amountOf, type Budget, type CostName, type PlanPrediction, type TriedPlan } from '@fuseinit/planner';
import type { PlanReport } from '@fuseinit/report';
import type { FuseReport, SpanRequest } from '@fuseinit/tfjs';
import type { MadePlan } from './make-plan.js';

/** The plan behind a student: as the report has it, and with the predicted error of each span. */
export interface StudentPlan {
  readonly budget: Budget;
  readonly report: PlanReport;
  /** The spans by their first and last layers, with the relative MSE predicted for their fused layers. */
  readonly spans: readonly (SpanRequest & { readonly relativeMse: number })[];
}

/** The plan that a command has just chosen, with its alternatives. */
export function chosenPlan(budget: Budget, { planning, choice }: MadePlan): StudentPlan {
  const { cost, front, trials, chosen } = choice;
  const whole = planning.teacher[cost];
  const point = ({ costs, outputRelativeMse }: (typeof front)[number]) => ({
    share: costs[cost] / whole,
    outputRelativeMse,
  });
  return {
    budget,
    spans: chosen!.spans,
    report: {
      cost,
      budget: limitOf(budget, whole),
      predicted: point(chosen!),
      front: front.map(point),
      tried: (trials?.plans ?? []).map((tried) => ({
        share: measuredShare(tried, cost, whole),
        outputRelativeMse: tried.outputRelativeMse,
      })),
    },
  };
}

/**
 * The plan of a file, of which no alternatives are known.
 *
 * @param spans The spans of the file as those of the network that is fused.
 */
export function readPlanOf(prediction: PlanPrediction, spans: readonly SpanRequest[]): StudentPlan {
  const { budget, outputRelativeMse, student, teacher } = prediction;
  const cost = budget.of === 'error' ? 'latency' : budget.of;
  return {
    budget,
    spans: spans.map((span, index) => ({ ...span, relativeMse: prediction.spans[index]!.relativeMse })),
    report: {
      cost,
      budget: limitOf(budget, teacher[cost]),
      predicted: { share: student[cost] / teacher[cost], outputRelativeMse },
      front: [],
      tried: [],
    },
  };
}

/** The predicted relative MSE of each fused layer, by its name. */
export function predictedErrors({ spans }: StudentPlan, fused: FuseReport): Record<string, number> {
  return Object.fromEntries(
    fused.spans.flatMap(({ name, layers }) => {
      const span = spans.find(({ from, to }) => from === layers[0] && to === layers.at(-1));
      return span ? [[name, span.relativeMse]] : [];
    }),
  );
}

function limitOf(budget: Budget, whole: number): PlanReport['budget'] {
  if (budget.of === 'error') return { of: 'error', most: budget.most };
  return { of: 'share', most: amountOf(budget.amount, whole) / whole };
}

function measuredShare({ latency, report }: TriedPlan, cost: CostName, whole: number): number {
  return cost === 'latency' ? latency.ratio.median : report.student[cost] / whole;
}
