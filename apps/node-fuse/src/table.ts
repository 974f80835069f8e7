import Table from 'cli-table3';
import type { DemoResult, NetworkResult, StudentResult } from './result.js';

/** The main job's table, each figure beside the teacher's. */
export function resultTable({ teacher, students, independent }: DemoResult): string {
  const table = new Table({
    head: [
      'network',
      'accuracy',
      'held-out\nrelative MSE',
      'depth',
      'parameters',
      'multiply-adds',
      'latency',
    ],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  });
  table.push(row(teacher, teacher, '-'));
  for (const student of students) table.push(row(student, teacher, heldOut(student)));
  table.push(row(independent, teacher, heldOut(independent)));
  return table.toString();
}

function row(network: NetworkResult, teacher: NetworkResult, error: string): string[] {
  return [
    network.name,
    percent(network.accuracy),
    error,
    String(network.depth),
    thousands(network.parameters) + ratio(network.parameters, teacher.parameters),
    `${(network.multiplyAdds / 1e6).toFixed(2)} M${ratio(network.multiplyAdds, teacher.multiplyAdds)}`,
    `${network.latencyMs.toFixed(2)} ms${ratio(network.latencyMs, teacher.latencyMs)}`,
  ];
}

function heldOut({ spans }: StudentResult): string {
  return spans.map(({ heldOutRelativeMse }) => heldOutRelativeMse?.toFixed(3) ?? '-').join(', ');
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function thousands(count: number): string {
  return count.toLocaleString('en');
}

function ratio(value: number, reference: number): string {
  return value === reference ? '' : ` (${(value / reference).toFixed(2)}x)`;
}
