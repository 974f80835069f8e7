import type { Recorded } from '../measuring/record.js';
import { digits, timeSpread, times } from '../report/format.js';
import { markdownTable } from '../report/markdown-table.js';
import { type Version, versions } from '../versions/time-versions.js';
import { speedup } from '../versions/version-latencies.js';
import { type SimplifyRow, wanted } from './simplify-row.js';

const names: Readonly<Record<Version, string>> = {
  given: 'as given',
  simplified: 'simplified',
  graph: 'as a GraphModel',
};

/** The table of the three versions, and whether what is wanted holds. */
export function simplifySection({ rows }: Recorded<SimplifyRow>): string {
  const table = markdownTable(
    ['backend', 'network', 'layers', 'MB', 'first run', 'warm', 'times as fast', 'largest difference'],
    rows.flatMap((row) =>
      versions.map((version) => [
        row.backend,
        names[version],
        // A GraphModel's operations are those of the simplified network's layers.
        version === 'graph' ? '-' : String(row.layers[version]),
        digits(row.bytes[version]! / 1e6),
        timeSpread(row.firstRun[version]!),
        timeSpread(row.warm[version]!),
        version === 'given' ? '-' : times(speedup(row, version)!),
        version === 'given' ? '-' : row.difference[version].toExponential(0),
      ]),
    ),
    2,
  );
  return [
    'A network of the structure that Teachable Machine exports for images, MobileNetV2 of width 0.35 in nested models, ' +
      'with drawn weights: as given, as `simplify` makes it, and as the GraphModel that it writes. Times are those of one ' +
      'image until the result is read. A first run is the first thing that a process does on the backend; warm runs take ' +
      'turns. Medians, the fastest and the slowest in brackets. Differences are relative to the largest output.',
    table,
    ...rows.filter(({ backend }) => backend === 'wasm').map(whetherWanted),
  ].join('\n\n');
}

function whetherWanted(row: SimplifyRow): string {
  const { difference } = row;
  const checks = [
    [`the GraphModel ${wanted.graph} times as fast`, speedup(row, 'graph')! >= wanted.graph],
    [
      `the simplified LayersModel ${wanted.simplified} times`,
      speedup(row, 'simplified')! >= wanted.simplified,
    ],
    [
      `outputs within ${wanted.difference.toExponential()}`,
      Math.max(difference.simplified, difference.graph) < wanted.difference,
    ],
  ] as const;
  const told = checks.map(([what, holds]) => `${what}: ${holds ? 'yes' : '**no**'}`);
  return `Wanted on wasm: ${told.join('; ')}.`;
}
