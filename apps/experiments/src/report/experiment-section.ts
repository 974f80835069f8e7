import { plainText } from '@fuseinit/markdown';
import { mean } from 'simple-statistics';
import type { ExperimentReport } from './experiment-report.js';
import { formatCount, formatDuration, plural } from './format-count.js';
import { formatSpread } from './format-score.js';
import type { PageLinks } from './page-links.js';
import { sensitivityTable } from './sensitivity-table.js';
import { stageSection } from './stage-section.js';
import { traceSection } from './trace-section.js';

/**
 * An experiment: what was done, the figure, each student's table and claims, and where the numbers are from.
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

/** What no number counts, and why; nothing where all that was asked for is there. */
function leftOutWords({ trials, unfinished, teacher, stages }: ExperimentReport): string[] {
  const words: string[] = [];
  if (trials.finished < trials.asked) {
    words.push(
      `**Not complete**: ${trials.finished} of the ${plural(trials.asked, 'trial')} that it asks for are done.`,
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
