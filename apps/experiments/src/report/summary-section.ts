import { markdownTable } from '@fuseinit/markdown';
import type { ArmReport } from './arm-report.js';
import type { ClaimReport } from './claim-report.js';
import type { ExperimentReport } from './experiment-report.js';
import { plural } from './format-count.js';
import { formatDifference, formatScore } from './format-score.js';
import { type Student, studentsOf } from './students.js';
import { tallySection } from './tally-section.js';
import { fewestSeeds, type Verdict } from './verdict.js';
import { tooFewWords } from './verdict-words.js';

/** What the fused student is held to in the summary. */
const compared = ['random', 'inherited', 'teacher'] as const;

/**
 * What a reader with one minute reads: each student as a row, what it gains and over what, and what holds
 * where.
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
  const partial = trials.finished < trials.asked ? ` (${trials.finished} of ${trials.asked} runs)` : '';
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

/** How often the fused student ends better than what it is held to. */
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

/** As in "better than random, not told from inherited, worse than the teacher". */
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
