import { claims } from './claim.js';
import type { ExperimentReport } from './experiment-report.js';
import { sensitivityClaims } from './sensitivity.js';
import type { StageReport } from './stage-report.js';
import type { Verdict } from './verdict.js';

/** A row of tables over all experiments. */
export interface Student {
  readonly report: ExperimentReport;
  readonly stage: StageReport;
  /** The experiment's name, and which of its fusions, where there are several. */
  readonly name: string;
  /** Of the claims that it was tried on, by their words. */
  readonly verdicts: ReadonlyMap<string, Verdict>;
}

/** All that a student may have a verdict on, in the order of tables. */
export const claimWords: readonly string[] = [
  ...claims.map(({ words }) => words),
  ...Object.values(sensitivityClaims),
];

/** The students of all experiments, in order. */
export function studentsOf(reports: readonly ExperimentReport[]): Student[] {
  return reports.flatMap((report) => {
    const { name, fusions } = report.experiment;
    return report.stages.map((stage) => ({
      report,
      stage,
      name: fusions.length > 1 ? `${name} ${stage.stage}` : name,
      verdicts: verdictsOf(report, stage),
    }));
  });
}

/** As in "motion 1, 2; smoke": their names, those of an experiment together. */
export function namesOf(students: readonly Student[]): string {
  const byExperiment = new Map<string, string[]>();
  for (const { report, stage, name } of students) {
    const known = byExperiment.get(report.experiment.name);
    if (known) known.push(String(stage.stage));
    else byExperiment.set(report.experiment.name, [name]);
  }
  return [...byExperiment.values()].map((names) => names.join(', ')).join('; ');
}

function verdictsOf({ sensitivity }: ExperimentReport, { stage, claims }: StageReport): Map<string, Verdict> {
  const ofClaims = claims.map(({ words, verdict }) => [words, verdict] as const);
  const ofSensitivity = sensitivity.flatMap((row) =>
    row.stage === stage && row.ratio && row.verdict
      ? [[sensitivityClaims[row.ratio.to], row.verdict] as const]
      : [],
  );
  return new Map([...ofClaims, ...ofSensitivity]);
}
