export { type Amount, amountOf, type Budget, keepsLatency } from './choose/budget.js';
export { type ChooseOptions, choosePlan, type PlanChoice } from './choose/choose-plan.js';
export { type CostName, type Costs, costNames } from './costs/costs.js';
export {
  compareLatency,
  type Latency,
  type LatencyOptions,
  type Ratio,
  timeInTurns,
} from './costs/measure-latency.js';
export {
  type PlanFile,
  type PlanPrediction,
  parsePlan,
  planFileSchema,
  planJsonSchema,
  predictionOf,
} from './file/plan-file.js';
export { toPlanFile } from './file/to-plan-file.js';
export { withinBudget, withinError } from './plan/pick-plan.js';
export type { Candidate, Plan, PlannedNetwork } from './plan/plan.js';
export { type Planning, type PlanOptions, type PlanProgress, planFusions } from './plan-fusions.js';
export type { SkippedSpan } from './predict/consider-spans.js';
export {
  type AccuracyScore,
  type ErrorScore,
  evaluate,
  joinScores,
  type LabelledData,
  type LabelScore,
  type Score,
} from './try/evaluate.js';
export { joinTrials } from './try/join-trials.js';
export type { Trials, TriedPlan } from './try/trials.js';
export { type TryOptions, tryPlans } from './try/try-plans.js';
