import { markdownTable, plainText } from '@fuseinit/markdown';
import { mean } from 'simple-statistics';
import { verdictWords } from './claims.js';
import type { ExperimentReport } from './experiment-report.js';
import {
  formatCount,
  formatDuration,
  formatInterval,
  formatScore,
  formatSize,
  formatSpread,
  plural,
} from './format.js';
import type { Sensitivity } from './sensitivity.js';
import { stageSection } from './stage-section.js';
import { type PageLinks, traceSection } from './trace-section.js';

/**
 * Writes the section of an experiment: the setup, the figure, each student's table and claims, and the source
 * of the numbers.
 */
export function experimentSection(report: ExperimentReport, links: PageLinks): string {
  const { experiment, sessions, stages, sensitivity } = report;
  const { name, title } = experiment;
  const preparations = new Set(sessions.map(({ preparation }) => preparation));
  const drawn = stages.some(({ arms }) => arms.some(({ trials }) => trials.length > 0));
  return [
    `## ${name}`,
    `**${plainText(title)}.**${experiment.cuts ? ` ${plainText(experiment.cuts)}` : ' Nothing of the protocol was cut.'}`,
    [...preparations].map(plainText).concat(setupWords(report)).join(' '),
    ...(drawn ? [`![${plainText(title)}: test scores by epoch, tables below](${links.figure(name)})`] : []),
    ...leftOutWords(report),
    ...teacherWords(report),
    ...stages.map((stage) => stageSection(stage, report)),
    ...(sensitivity.length > 1 ? [sensitivityTable(report)] : []),
    traceSection(report, links),
  ].join('\n\n');
}

function setupWords({ experiment }: ExperimentReport): string {
  const { samples, initialization, optimizer, rates, schedule, batchSize, epochs } = experiment;
  const drawn = initialization === 'he' ? 'N(0, 2 / inputs), cut at two deviations' : 'N(0, 0.05²)';
  const steps = schedule
    .filter(({ from }) => from > 0)
    .map(({ from, factor }) => `to ${factor} of it after ${from} of the epochs`);
  const choosing =
    rates.length > 1 ? `rates chosen on ${formatCount(samples.validation)}, ` : 'one rate for all, ';
  return [
    `Trained on ${formatCount(samples.training)} samples, ${choosing}tested on ${formatCount(samples.test)}, `,
    `fused on ${formatCount(samples.calibration)} without labels. `,
    `Kernels drawn from ${drawn}; ${optimizer === 'adam' ? 'Adam' : 'RMSProp'}, batches of ${batchSize}, `,
    `${rates.length > 1 ? 'rates' : 'rate'} ${rates.join(', ')}${steps.length > 0 ? `, lowered ${steps.join(', ')}` : ''}. `,
    `${plural(epochs.teacher, 'epoch')} for a teacher, ${epochs.student} for a student.`,
  ].join('');
}

/** Says which runs are excluded and why; empty if the results are complete. */
function leftOutWords({ trials, unfinished, teacher, stages }: ExperimentReport): string[] {
  const words: string[] = [];
  if (trials.finished < trials.planned) {
    words.push(
      `**Not complete**: ${trials.finished} of the ${plural(trials.planned, 'trial')} that it asks for are done.`,
    );
  }
  if (unfinished.length > 0) {
    const runs = unfinished.map(
      ({ purpose, seed, stage, arm, rate }) =>
        `${purpose} seed ${seed}, fusion ${stage}, ${arm}, rate ${rate}`,
    );
    words.push(
      `${plural(unfinished.length, 'run has', 'runs have')} fewer epochs than asked for and ` +
        `${unfinished.length === 1 ? 'is' : 'are'} left out: ${runs.join('; ')}.`,
    );
  }
  const diverged = [...(teacher ? [{ stage: 0, arms: [teacher] }] : []), ...stages].flatMap(
    ({ stage, arms }) =>
      arms.flatMap(({ arm, diverged }) => diverged.map((seed) => `seed ${seed}, fusion ${stage}, ${arm}`)),
  );
  if (diverged.length > 0) {
    words.push(
      `${plural(diverged.length, 'trial')} diverged and ${diverged.length === 1 ? 'has' : 'have'} no score: ` +
        `${diverged.join('; ')}. Means, and comparisons with these arms, are of the other seeds, which flatters them.`,
    );
  }
  return words.length > 0 ? [words.join(' ')] : [];
}

function teacherWords({ teacher, teacherCost, task, stages, secondsToFuse }: ExperimentReport): string[] {
  if (!teacher?.end) return [];
  const cost = teacherCost
    ? `: depth ${teacherCost.depth}, ${plural(teacherCost.parameters, 'parameter')}, ` +
      `${formatCount(teacherCost.multiplyAdds)} multiply-adds`
    : '';
  const students = stages.flatMap(({ arms }) =>
    arms.flatMap(({ trials }) => trials.map(({ seconds }) => seconds)),
  );
  const times =
    students.length > 0
      ? ` Its training took ${formatDuration(mean(teacher.trials.map(({ seconds }) => seconds)))} a seed, that of ` +
        `a student ${formatDuration(mean(students))}` +
        `${secondsToFuse === undefined ? '' : `, solving for one ${formatDuration(secondsToFuse)}`}.`
      : '';
  const rate = `rate ${teacher.rate}${teacher.rateAtEdge ? ', at the edge of the grid' : ''}`;
  return [`Teacher${cost}; ${formatSpread(task, teacher.end)} in the end (${rate}).${times}`];
}

/**
 * Writes the table for the paper's claim that shallower networks depend more on their initial weights, by
 * depth.
 */
function sensitivityTable({ experiment, sensitivity, task }: ExperimentReport): string {
  return [
    `### ${experiment.name}, sensitivity to initialisation`,
    markdownTable(
      ['depth', 'network', 'end', 'deviation over seeds', 'ratio of deviations', 'claim', 'verdict'],
      sensitivity.map((row) => [
        String(row.depth ?? '?'),
        row.stage === 0 ? 'teacher' : row.arm,
        formatScore(task, row.end.mean),
        row.end.deviation === undefined ? '-' : formatSize(task, row.end.deviation),
        ratioWords(row),
        row.ratio ? (row.ratio.to === 'teacher' ? 'above 1' : 'below 1') : '-',
        row.ratio && row.verdict ? verdictWords(row.verdict, row.ratio.seeds.length) : '-',
      ]),
    ),
    'If deeper networks are less sensitive, a random student spreads more than its teacher, a ratio above 1; if ' +
      'fusion passes that on, a fused student spreads less than a random one, a ratio below 1. Deviations of few ' +
      'seeds are rough, as the intervals (both networks resampled by the same seeds) show.',
  ].join('\n\n');
}

function ratioWords({ ratio }: Sensitivity): string {
  if (!ratio) return '-';
  const format = (value: number) => (Number.isFinite(value) ? value.toFixed(2) : '∞');
  const other = ratio.to === 'teacher' ? "the teacher's" : "the random one's";
  return `${format(ratio.ratio)}x ${other}${formatInterval(ratio.interval, format)}`;
}
