import { markdownTable } from '@fuseinit/markdown';
import type { ExperimentReport } from './experiment-report.js';
import { formatInterval, formatScore, formatSize } from './format-score.js';
import type { Sensitivity } from './sensitivity.js';
import { verdictWords } from './verdict-words.js';

/** The paper's claim that shallower networks depend more on what they are drawn from, by depth. */
export function sensitivityTable({ experiment, sensitivity, task }: ExperimentReport): string {
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
