import { markdownTable, plainText } from '@fuseinit/markdown';
import type { Cost } from '../results/result-line.js';
import { verdictWords } from './claims.js';
import type { ExperimentReport } from './experiment-report.js';
import { formatCount, formatDifference, formatMillions, formatSpread, plural } from './format.js';
import type { Reach, StageReport, StudentReport } from './stage-report.js';

/**
 * Writes the section of a fusion's students: their costs, the start and end of each arm, and the verdict on
 * each claim.
 */
export function stageSection(stage: StageReport, report: ExperimentReport): string {
  const { task, teacherCost, experiment } = report;
  const { fusion, cost, arms, fused, claims } = stage;
  const kernel = fusion.kernelSize === undefined ? '' : `, kernel ${fusion.kernelSize}`;
  const carried =
    stage.stage > 1
      ? ` Their teacher is the student of fusion ${stage.stage - 1} called _${experiment.carriesOn}_.`
      : '';
  return [
    `### ${experiment.name}, fusion ${stage.stage}: ${plainText(fusion.from)} to ${plainText(fusion.to)}${kernel}`,
    `${costWords(cost, teacherCost)}${carried} _Fused_ in claims is the arm _${fused ?? '-'}_.`,
    markdownTable(
      ['arm', 'rate', 'start', 'end', 'end over random', "epochs to random's end", 'held-out relative MSE'],
      arms.map((arm) => armRow(arm, report)),
    ),
    `Gains are in ${task === 'classification' ? 'percentage points' : 'relative error, positive where it is less'}, ` +
      'paired by seed, with their 95 % interval. Epochs: the median, and how many of the seeds got there at all. ' +
      'Held-out relative MSE: of the fused layer, on calibration samples that it was not solved on.',
    markdownTable(
      ['claim', 'by', 'seeds', 'verdict'],
      claims.map(({ words, difference, verdict }) => [
        words,
        formatDifference(task, difference),
        String(difference.count),
        verdictWords(verdict, difference.count),
      ]),
    ),
  ].join('\n\n');
}

function armRow(arm: StudentReport, { task }: ExperimentReport): string[] {
  const runs = arm.trials.length + arm.diverged.length;
  const diverged = arm.diverged.length > 0 ? `; ${arm.diverged.length} of ${runs} diverged` : '';
  return [
    arm.arm,
    `${arm.rate}${arm.rateAtEdge ? ' (edge)' : ''}`,
    formatSpread(task, arm.start),
    `${formatSpread(task, arm.end)}${diverged}`,
    formatDifference(task, arm.overRandom),
    reachWords(arm.reachesRandom),
    arm.heldOutRelativeMse?.toFixed(3) ?? '-',
  ];
}

function reachWords(reach: Reach | undefined): string {
  if (!reach) return '-';
  return `${reach.median ?? 'not reached'} (${reach.reached} of ${reach.of})`;
}

function costWords(cost: Cost | undefined, teacher: Cost | undefined): string {
  if (!cost || !teacher) return 'What it costs stands in no line.';
  const times = (count: number, of: number) => `${(count / of).toFixed(2)}x of the teacher's`;
  return (
    `Depth ${cost.depth} of the teacher's ${teacher.depth}; ${plural(cost.parameters, 'parameter')} ` +
    `(${times(cost.parameters, teacher.parameters)} ${formatCount(teacher.parameters)}), ` +
    `${formatMillions(cost.multiplyAdds)} multiply-adds (${times(cost.multiplyAdds, teacher.multiplyAdds)} ` +
    `${formatMillions(teacher.multiplyAdds)}).`
  );
}
