import { markdownTable, plainText } from '@fuseinit/markdown';
import type { ArmReport, Trial } from './arm-report.js';
import type { ExperimentReport } from './experiment-report.js';
import { formatDuration, formatScore, plural } from './format.js';

/** The targets of a page's links, as paths relative to its folder. */
export interface PageLinks {
  /** Returns the path of an experiment's figure. */
  figure(name: string): string;
  /** Returns the path of the folder of its lines. */
  lines(name: string): string;
}

/**
 * Writes the source of every number of an experiment: files, lines, seeds, machines, and the commands that
 * reproduce them.
 */
export function traceSection(report: ExperimentReport, links: PageLinks): string {
  const { experiment, seeds, seconds, sessions } = report;
  const { name } = experiment;
  const folder = links.lines(name);
  const list = (numbers: readonly number[]) => (numbers.length > 0 ? numbers.join(', ') : 'none');
  return [
    `### ${name}, where the numbers are from`,
    `Lines of results are in [${plainText(folder)}](${folder}), one file a seed; costs and errors of fused layers are ` +
      `their lines of type \`fusion\`. Tuning seeds: ${list(seeds.tuning)}; ` +
      `trial seeds: ${list(seeds.trials)}. ${formatDuration(seconds)} of training and solving in all, in ` +
      `${plural(sessions.length, 'session')}. \`npm run experiments -- run ${name}\` computes them, ` +
      '`npm run experiments -- report` writes this page.',
    machinesOf(report)
      .map((machine) => `- ${plainText(machine)}`)
      .join('\n'),
    details(
      'Each trial: score before → after training (the lines that it stands in)',
      `${filesOf(report, folder)}\n\n${runsTable(report)}`,
    ),
    ...(seeds.tuning.length > 0
      ? [
          details(
            'What rates were chosen from: mean validation score after the last epoch',
            ratesTable(report),
          ),
        ]
      : []),
  ].join('\n\n');
}

function machinesOf({ sessions }: ExperimentReport): string[] {
  const machines = sessions.map(({ machine, backend, threads, versions }) => {
    const versionWords = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
    return (
      `${backend}, ${plural(threads, 'thread')}, on ${machine.cpu} (${plural(machine.cores, 'core')}, ` +
      `${machine.memoryGiB} GiB); ${versionWords.join(', ')}`
    );
  });
  return [...new Set(machines)];
}

function networksOf({
  teacher,
  stages,
}: ExperimentReport): { readonly stage: number; readonly arm: ArmReport }[] {
  return [
    ...(teacher ? [{ stage: 0, arm: teacher }] : []),
    ...stages.flatMap(({ stage, arms }) => arms.map((arm) => ({ stage, arm }))),
  ];
}

/** Returns a link to each file of trials. */
function filesOf(report: ExperimentReport, folder: string): string {
  const trials = networksOf(report).flatMap(({ arm }) => arm.trials);
  const files = [...new Map(trials.map(({ seed, file }) => [seed, file]))].sort(([a], [b]) => a - b);
  return files.map(([seed, file]) => `[seed ${seed}](${folder}/${file})`).join(', ');
}

function runsTable(report: ExperimentReport): string {
  const networks = networksOf(report);
  const cell = (trial: Trial | undefined, diverged: boolean) => {
    if (!trial) return diverged ? 'diverged' : '-';
    const [start, end] = [trial.scores[0]!, trial.scores.at(-1)!].map((score) =>
      formatScore(report.task, score),
    );
    return `${start} → ${end} (${trial.lines[0]}-${trial.lines.at(-1)})`;
  };
  return markdownTable(
    ['fusion', 'arm', ...report.seeds.trials.map((seed) => `seed ${seed}`)],
    networks.map(({ stage, arm }) => [
      String(stage),
      arm.arm,
      ...report.seeds.trials.map((seed) =>
        cell(
          arm.trials.find((trial) => trial.seed === seed),
          arm.diverged.includes(seed),
        ),
      ),
    ]),
  );
}

function ratesTable(report: ExperimentReport): string {
  const rates = [...report.experiment.rates].sort((a, b) => a - b);
  return markdownTable(
    ['fusion', 'arm', ...rates.map(String)],
    networksOf(report).map(({ stage, arm }) => [
      String(stage),
      arm.arm,
      ...rates.map((rate) => {
        const candidate = arm.tuning?.candidates.find((one) => one.rate === rate);
        if (!candidate) return '-';
        if (Number.isNaN(candidate.validation)) return 'diverged';
        const score = formatScore(report.task, candidate.validation);
        return rate === arm.rate ? `**${score}**` : score;
      }),
    ]),
  );
}

function details(summary: string, content: string): string {
  return `<details><summary>${summary}</summary>\n\n${content}\n\n</details>`;
}
