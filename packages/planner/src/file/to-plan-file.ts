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
  },
): PlanFile {
  const { name, fingerprint, costs } = made.teacher;
  return {
    $schema: 'https://unpkg.com/@fuseinit/planner/plan.schema.json',
    specVersion: 1,
    teacher: { name, fingerprint },
    spans: plan.spans.map(({ from, to, kernelSize, outputRelativeMse }) => ({
      from,
      to,
      ...(kernelSize && { kernelSize: [...kernelSize] }),
      predictedOutputRelativeMse: outputRelativeMse,
    })),
    predicted: {
      backend: made.backend,
      batchSize: made.batchSize,
      outputRelativeMse: plan.outputRelativeMse,
      student: { ...plan.costs },
      teacher: { ...costs },
    },
  };
}
