import type { Recorded } from '../measuring/record.js';
import { percent, timeSpread, times } from '../report/format.js';
import { markdownTable } from '../report/markdown-table.js';
import { whereSlower } from '../report/slower.js';
import type { NumpyRow } from './numpy-row.js';
import { problemSources } from './problems.js';

/** The table against NumPy. */
export function numpySection({ rows: recorded }: Recorded<NumpyRow>): string {
  const rows = [...recorded].sort((a, b) => a.key.localeCompare(b.key));
  const missing = problemSources.map(({ key }) => key).filter((key) => !rows.some((row) => row.key === key));
  const table = markdownTable(
    ['row', 'what is solved', 'ours', 'NumPy by', 'NumPy', 'NumPy / ours', 'our error', 'NumPy’s error'],
    rows.flatMap((row) =>
      row.numpy.map(({ by, time, ratio, error }) => [
        row.key,
        row.name,
        timeSpread(row.ours),
        by,
        timeSpread(time),
        times(ratio),
        row.oursError.toExponential(1),
        error?.toExponential(1) ?? '-',
      ]),
    ),
    2,
  );
  return [
    'An affine map of least mean square error, from rows of inputs and targets to weights and bias (docs/math.md, ' +
      'section 1): our WebAssembly against NumPy in float32 with as many threads, the same ridge of 1e-3 of the mean ' +
      'diagonal for both. They take turns in one run; medians, the fastest and the slowest turn in brackets; the first ' +
      'turn and those of the first two seconds, in which engines compile, not counted, and garbage of earlier turns collected between them. NumPy centres, multiplies, and takes `inv(C) @ C_xz`, as the paper’s code does, or ' +
      '`solve(C, C_xz)`. Errors are those of the weights against float64, relative in the Frobenius norm; more than 1 % ' +
      'of ours ends the benchmark. Ours leaves out products with zeros, of which pixels and what follows a relu have many; ' +
      'without them a processor of wide vectors favours NumPy, which multiplies 8 or 16 float32 at a time, WebAssembly 4 ' +
      '(row 8).',
    table,
    whereSlower(
      'NumPy',
      rows.flatMap(({ key, numpy }) =>
        numpy.map(({ by, ratio }) => ({ name: `row ${key} by ${by}`, ratio })),
      ),
    ),
    ...(missing.length > 0 ? [`**Not run yet: ${missing.map((key) => `row ${key}`).join(', ')}.**`] : []),
    rows
      .map(
        (row) =>
          `- Row ${row.key}: ${row.data}; ${percent(row.zeros)} of the inputs are zero; ${row.ours.count} turns, ${momentsOf(row)}.`,
      )
      .join('\n'),
  ].join('\n\n');
}

/** Which part of the time goes to the moments, the rest being the solution. */
function momentsOf({ ours, oursMoments, numpy }: NumpyRow): string {
  const theirs = numpy.flatMap(({ by, time, moments }) =>
    moments === null ? [] : [`, ${percent(moments / time.median)} of NumPy’s by ${by}`],
  );
  return `moments are ${percent(oursMoments / ours.median)} of our time${theirs.join('')}`;
}
