import type { Recorded } from '../measuring/record.js';
import { timeSpread, times } from '../report/format.js';
import { markdownTable } from '../report/markdown-table.js';
import { whereSlower } from '../report/slower.js';
import type { InferenceRow } from './inference-row.js';

/** The table of teacher and student. */
export function inferenceSection({ rows }: Recorded<InferenceRow>): string {
  const table = markdownTable(
    [
      'backend',
      'batch',
      'teacher, first run',
      'student, first run',
      'teacher / student',
      'teacher, warm',
      'student, warm',
      'teacher / student',
    ],
    rows.map((row) => [
      row.backend,
      String(row.batchSize),
      timeSpread(row.firstRun.teacher),
      timeSpread(row.firstRun.student),
      times(row.ratio.firstRun),
      timeSpread(row.warm.teacher),
      timeSpread(row.warm.student),
      times(row.ratio.warm),
    ]),
  );
  return [
    'The FashionMNIST teacher against the student that `npm run demo` makes by two fusions, both as loaded from files: ' +
      'the time to predict one batch and read the result. A first run is the first thing that a process does on the ' +
      'backend; warm runs take turns. Medians, the fastest and the slowest in brackets.',
    table,
    whereSlower(
      'the teacher',
      rows.flatMap(({ key, ratio }) => [
        { name: `${key}, first run`, ratio: ratio.firstRun },
        { name: `${key}, warm`, ratio: ratio.warm },
      ]),
    ),
  ].join('\n\n');
}
