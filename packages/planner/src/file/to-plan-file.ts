import type { Budget } from '../choose/budget.js';
import type { Costs } from '../costs/costs.js';
import type { Plan } from '../plan/plan.js';
import type { PlanFile } from './plan-file.js';

/** Converts a plan to the contents of a plan file. */
export function toPlanFile(
  plan: Plan,
  made: {
    readonly teacher: { readonly name: string; readonly fingerprint: string; readonly costs: Costs };
    readonly backend: string;
    readonly batchSize: number;
    /** What the plan was chosen for. */
    readonly budget: Budget;
  },
): PlanFile {
  const { name, fingerprint, costs } = made.teacher;
  const spans = plan.spans.map(({ from, to, kernelSize }) => ({
    from,
    to,
    ...(kernelSize && { kernelSize: [...kernelSize] }),
  }));
  return {
    $schema: 'https://unpkg.com/@fuseinit/planner/plan.schema.json',
    specVersion: 1,
    teacher: { name, fingerprint },
    spans,
    predicted: {
      backend: made.backend,
      batchSize: made.batchSize,
      budget: made.budget,
      spans: plan.spans.map(({ relativeMse, outputRelativeMse }, index) => ({
        ...spans[index]!,
        relativeMse,
        outputRelativeMse,
      })),
      outputRelativeMse: plan.outputRelativeMse,
      student: { ...plan.costs },
      teacher: { ...costs },
    },
  };
}
