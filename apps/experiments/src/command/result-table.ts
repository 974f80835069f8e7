import Table from 'cli-table3';
import type { ExperimentReport } from '../report/experiment-report.js';
import type { PairedDifference } from '../report/paired-difference.js';
import type { Spread } from '../report/spread.js';

/** What came out of a run, a row for each network. */
export function resultTable({ teacher, stages, task }: ExperimentReport): string {
  const table = new Table({
    head: ['fused', 'network', 'rate', 'start', 'end', 'better than random, 95 %', 'seeds'],
    colAligns: ['left', 'left', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  });
  const told = (value: number) =>
    task === 'classification' ? `${(100 * value).toFixed(1)} %` : value.toFixed(3);
  const spread = (value: Spread | undefined) =>
    value ? `${told(value.mean)}${value.deviation === undefined ? '' : ` ± ${told(value.deviation)}`}` : '-';
  const difference = (value: PairedDifference | undefined) =>
    value?.interval
      ? `${told(value.mean)} (${told(value.interval.low)} to ${told(value.interval.high)})`
      : '-';
  const row = (network: ExperimentReport['teacher'] & object) => [
    String(network.rate),
    spread(network.start),
    spread(network.end),
  ];
  if (teacher) table.push(['-', 'teacher', ...row(teacher), '-', teacher.trials.length]);
  for (const { fusion, arms } of stages) {
    for (const arm of arms) {
      table.push([
        `${fusion.from} to ${fusion.to}`,
        arm.arm,
        ...row(arm),
        difference(arm.overRandom),
        arm.trials.length,
      ]);
    }
  }
  return table.toString();
}
