import { markdownTable } from '@fuseinit/markdown';
import type { ArmReport } from './arm-report.js';
import { type ClaimReport, claims, fewestSeeds, tooFewWords, type Verdict } from './claims.js';
import type { ExperimentReport } from './experiment-report.js';
import { formatDifference, formatScore, plural } from './format.js';
import { sensitivityClaims } from './sensitivity.js';
import type { StageReport } from './stage-report.js';

/** A student as a row of the tables over all experiments. */
export interface Student {
  readonly report: ExperimentReport;
  readonly stage: StageReport;
  /** The experiment's name, and the number of the fusion if there are several. */
  readonly name: string;
  /** The verdicts on its claims, by their words. */
  readonly verdicts: ReadonlyMap<string, Verdict>;
}

/** The words of all claims that a student may have a verdict on, in the order of tables. */
export const claimWords: readonly string[] = [
  ...claims.map(({ words }) => words),
  ...Object.values(sensitivityClaims),
];

/** Returns the students of all experiments, in order. */
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

/** Joins the students' names as in "motion 1, 2; smoke", grouped by experiment. */
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

/** The networks that the fused student is compared with in the summary. */
const compared = ['random', 'inherited', 'teacher'] as const;

/**
 * Writes the summary for a reader with one minute: a row for each student with its gains, and which claims
 * hold where.
 */
export function summarySection(reports: readonly ExperimentReport[]): string {
  const students = studentsOf(reports);
  if (students.length === 0) return '## In one minute\n\nThere are no results yet.';
  return [
    '## In one minute',
    'Scores on test samples before training → after it, means over seeds: accuracy, or in italics the mean square ' +
      'error relative to the variance of the targets, of which less is better. A gain is a difference within each ' +
      'seed, in percentage points of accuracy or in relative error, positive where fusion is better; in brackets ' +
      'its 95 % interval. _Inherited_ has the teacher in all layers but the fused one, which is random: what it ' +
      'has as well, fusion has no part in. _Teacher_ is the deepest network, before any fusion.',
    markdownTable(
      [
        'student',
        'depth',
        'random',
        'inherited',
        'fused',
        'teacher',
        'fused over random',
        'fused over inherited',
        'at the end, fused is',
      ],
      students.map(summaryRow),
    ),
    headlineWords(students),
    tallySection(students),
  ].join('\n\n');
}

function summaryRow({ report, stage, name }: Student): string[] {
  const { task, teacher, teacherCost, trials } = report;
  const arm = (name: string | undefined) => stage.arms.find((one) => one.arm === name);
  const courseOf = (one: ArmReport | undefined) => {
    if (!one?.start || !one.end) return '-';
    const [start, end] = [formatScore(task, one.start.mean), formatScore(task, one.end.mean)];
    return task === 'classification' ? `${start} → ${end}` : `_${start} → ${end}_`;
  };
  const gain = (other: (typeof compared)[number]) =>
    formatDifference(task, atTheEnd(stage.claims, other)?.difference);
  const partial = trials.finished < trials.planned ? ` (${trials.finished} of ${trials.planned} runs)` : '';
  return [
    `[${name}](#${report.experiment.name})${partial}`,
    `${teacherCost?.depth ?? '?'} → ${stage.cost?.depth ?? '?'}`,
    courseOf(arm('random')),
    courseOf(arm('inherited')),
    courseOf(arm(stage.fused)),
    teacher?.end ? formatScore(task, teacher.end.mean) : '-',
    gain('random'),
    gain('inherited'),
    endWords(stage.claims),
  ];
}

/** Says how often the fused student ends better than the networks that it is compared with. */
function headlineWords(students: readonly Student[]): string {
  return compared
    .flatMap((other) => {
      const verdicts = students.flatMap(({ stage }) => atTheEnd(stage.claims, other)?.verdict ?? []);
      if (verdicts.length === 0) return [];
      const times = (verdict: Verdict) => verdicts.filter((one) => one === verdict).length;
      return [
        `Fused ends **better than ${nameOf(other)} in ${times('holds')} of ${plural(verdicts.length, 'student')}**, ` +
          `worse in ${times('reversed')}, not told from it in ${times('open')}.`,
      ];
    })
    .join(' ');
}

/** Says how it ends, as in "better than random, not told from inherited, worse than the teacher". */
function endWords(reports: readonly ClaimReport[]): string {
  const words: Readonly<Record<Verdict, string>> = {
    holds: 'better than',
    reversed: 'worse than',
    open: 'not told from',
  };
  const found = compared.flatMap((other) => atTheEnd(reports, other) ?? []);
  const most = Math.max(0, ...found.map(({ difference }) => difference.count));
  if (found.length > 0 && most < fewestSeeds) return tooFewWords(most);
  const said = compared.flatMap((other) => {
    const claim = atTheEnd(reports, other);
    return claim ? [`${words[claim.verdict]} ${nameOf(other)}`] : [];
  });
  return said.length > 0 ? said.join(', ') : '-';
}

function nameOf(other: (typeof compared)[number]): string {
  return other === 'teacher' ? 'the teacher' : other;
}

function atTheEnd(
  reports: readonly ClaimReport[],
  other: (typeof compared)[number],
): ClaimReport | undefined {
  return reports.find(
    (claim) => claim.better === 'the fused' && claim.other === other && claim.when === 'end',
  );
}

/** Writes the number of students for which each claim holds, and the names of those for which it doesn't. */
function tallySection(students: readonly Student[]): string {
  const claims = claimWords.flatMap((words) => {
    const tried = students.filter(({ verdicts }) => verdicts.has(words));
    return tried.length > 0 ? [{ words, tried }] : [];
  });
  const having = (tried: readonly Student[], words: string, verdict: Verdict) =>
    tried.filter(({ verdicts }) => verdicts.get(words) === verdict);
  return [
    'Claim by claim, what holds and what failed to:',
    markdownTable(
      ['claim', 'holds in', 'the other way round in', "can't be told in"],
      claims.map(({ words, tried }) => [
        words,
        `${having(tried, words, 'holds').length} of ${tried.length}`,
        namedCell(having(tried, words, 'reversed'), tried),
        namedCell(having(tried, words, 'open'), tried),
      ]),
    ),
    chanceWords(claims.reduce((sum, { tried }) => sum + tried.length, 0)),
  ].join('\n\n');
}

function namedCell(students: readonly Student[], of: readonly Student[]): string {
  if (students.length === 0) return '-';
  if (students.length === of.length && of.length > 1) return `all ${of.length}`;
  return `${students.length}: ${namesOf(students)}`;
}

/** Says how many of so many intervals exclude 0 by chance. */
function chanceWords(intervals: number): string {
  return (
    `These are ${plural(intervals, 'interval')} of 95 %. If nothing made any difference, about ` +
    `${Math.round(intervals / 20)} of them would leave 0 out all the same; none is corrected for the others.`
  );
}
