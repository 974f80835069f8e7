import Table from 'cli-table3';
import { allExperiments } from '../experiments/all-experiments.js';

/** The experiments as a table. */
export function listExperiments(): string {
  const table = new Table({
    head: ['name', 'data', 'what', 'fusions', 'seeds'],
    colAligns: ['left', 'left', 'left', 'right', 'right'],
    style: { head: [], border: [] },
  });
  for (const { name, data, title, fusions, seeds } of allExperiments)
    table.push([name, data, title, fusions.length, seeds.trials.length]);
  return table.toString();
}
