import type { Experiment } from '../experiment.js';
import type { Task } from '../results/task.js';

/** An experiment, and what the report can't see in its definition. */
export interface ReportedExperiment {
  readonly experiment: Experiment;
  readonly task: Task;
  /** Why there are no results, where there are none: a clause, as in "not run: its data aren't at hand". */
  readonly notRun?: string;
}
