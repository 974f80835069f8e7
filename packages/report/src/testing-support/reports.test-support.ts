import { createReport } from '../create-report.js';
import type { FusionReport, LatencyReport } from '../data/fusion-report.js';
import {
  branchFusion,
  digitFusion,
  disposeFusion,
  seriesFusion,
  tableFusion,
} from './fusions.test-support.js';

/** What a name in a file may hold: it ends whatever it may stand in. */
export const poison = `</style></title></code>"'><script>document.title='broken'</script><img src=x onerror=document.title='broken'>&amp;`;

/** Predictions of these medians in seconds, a tenth to either side. */
export function latency(teacher: number, student: number): LatencyReport {
  const around = (median: number) => ({
    first: 10 * median,
    warm: { median, low: 0.9 * median, high: 1.1 * median, count: 50 },
  });
  return { backend: 'wasm', batchSize: 1, teacher: around(teacher), student: around(student) };
}

/** A report of each kind of network. */
export async function everyReport(): Promise<
  Record<'digits' | 'branches' | 'series' | 'table', FusionReport>
> {
  const [digits, branches, series, table] = [
    await digitFusion(),
    await branchFusion(),
    await seriesFusion(),
    await tableFusion(),
  ];
  try {
    return {
      digits: await createReport({
        ...digits,
        classNames: ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'],
        predicted: { [digits.fused.spans[0]!.name]: 0.2 },
        latency: latency(0.003, 0.002),
        plan: {
          cost: 'latency',
          budget: { of: 'share', most: 0.7 },
          predicted: { share: 0.6, outputRelativeMse: 0.2 },
          front: [
            { share: 0.4, outputRelativeMse: 0.9 },
            { share: 0.6, outputRelativeMse: 0.2 },
            { share: 1, outputRelativeMse: 0 },
          ],
          tried: [{ share: 0.65, outputRelativeMse: 0.15 }],
        },
        command: 'fuseinit fuse digits.json',
        settings: { samples: 400 },
        versions: { node: 'v20' },
        createdAt: '2026-11-27T00:00:00Z',
      }),
      branches: await createReport({
        ...branches,
        given: branches.teacher,
        latency: latency(0.003, 0.002),
        givenLatency: latency(0.004, 0.002).teacher,
      }),
      series: await createReport({
        ...series,
        labels: Uint8Array.from({ length: 40 }, (_, index) => index % 2),
      }),
      table: await createReport({
        ...table,
        labels: Float32Array.from({ length: 50 }, (_, index) => index / 50),
      }),
    };
  } finally {
    for (const fusion of [digits, branches, series, table]) disposeFusion(fusion);
  }
}

/** The report as a file from a stranger may be: poison at the end of every name and text. */
export function poisoned(report: FusionReport): FusionReport {
  const kept = new Set(['format', 'kind', 'pixels', 'cost', 'of']);
  const spoil = (value: unknown, key = ''): unknown => {
    if (typeof value === 'string') return kept.has(key) ? value : value + poison;
    if (Array.isArray(value)) return value.map((entry) => spoil(entry));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, spoil(entry, name)]));
  };
  return spoil(report) as FusionReport;
}
