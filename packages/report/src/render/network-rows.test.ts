import { expect, test } from 'vitest';
import type { FusionReport, ReportedLayer } from '../data/fusion-report.js';
import { foldRows, networkRows } from './network-rows.js';
import { edgeLanes } from './network-section.js';

const layer = (name: string, ...readsFrom: string[]): ReportedLayer => ({
  name,
  className: 'Dense',
  outputShape: [4],
  readsFrom,
  isOutput: false,
  parameters: 10,
  multiplyAdds: 8,
});

/** What the rows are made of, the rest left out. */
const reportOf = (
  teacher: readonly ReportedLayer[],
  student: readonly ReportedLayer[],
  spans: readonly { readonly layers: readonly string[]; readonly replacedBy: readonly string[] }[],
  refits: readonly string[] = [],
) =>
  ({
    teacher: { layers: teacher },
    student: { layers: student },
    spans,
    refits: refits.map((name) => ({ name })),
  }) as unknown as FusionReport;

const places = (
  layers: readonly { readonly layer: ReportedLayer; readonly row: number; readonly rows: number }[],
) => layers.map((placed) => [placed.layer.name, placed.row, placed.rows]);

test('a fused layer stands beside all that it replaced', () => {
  const report = reportOf(
    [layer('in'), layer('a', 'in'), layer('b', 'a'), layer('c', 'b'), layer('out', 'c')],
    [layer('in'), layer('pad', 'in'), layer('a_c', 'pad'), layer('out', 'a_c')],
    [{ layers: ['a', 'b', 'c'], replacedBy: ['pad', 'a_c'] }],
    ['out'],
  );
  const { rows, student, spans } = networkRows(report);
  expect(rows).toBe(5);
  expect(places(student)).toEqual([
    ['in', 0, 1],
    ['pad', 1, 1],
    ['a_c', 2, 2],
    ['out', 4, 1],
  ]);
  expect(spans).toEqual([{ row: 1, rows: 3 }]);
  expect(student.map(({ state }) => state)).toEqual(['kept', 'fused', 'fused', 'refitted']);
});

test("a span's layers stand together though another branch runs between them", () => {
  const teacher = [layer('in'), layer('a', 'in'), layer('x', 'in'), layer('b', 'a'), layer('sum', 'b', 'x')];
  const student = [layer('in'), layer('a_b', 'in'), layer('x', 'in'), layer('sum', 'a_b', 'x')];
  const placed = networkRows(reportOf(teacher, student, [{ layers: ['a', 'b'], replacedBy: ['a_b'] }]));
  expect(places(placed.teacher).map(([name]) => name)).toEqual(['in', 'a', 'b', 'x', 'sum']);
  // Of the teacher: in to x, b to sum. The direct ones: in to a, a to b, x to sum.
  expect(edgeLanes(placed.teacher)).toMatchObject({
    direct: new Set([0, 1, 3]),
    laned: [
      { from: 2, to: 4, lane: 0 },
      { from: 0, to: 3, lane: 1 },
    ],
    lanes: 2,
  });
});

test('connections one after the other share a lane', () => {
  const layers = [layer('a'), layer('b', 'a'), layer('c', 'b', 'a'), layer('d', 'c'), layer('e', 'd', 'c')];
  const { laned, lanes } = edgeLanes(
    layers.map((own, row) => ({ layer: own, row, rows: 1, state: 'kept', span: null })),
  );
  expect(laned.map(({ lane }) => lane)).toEqual([0, 0]);
  expect(lanes).toBe(1);
});

test('a long line of unchanged layers is drawn as one, a fusion beside it is not', () => {
  const line = (names: readonly string[]) =>
    names.map((name, index) => layer(name, ...names.slice(index - 1, index)));
  const kept = Array.from({ length: 12 }, (_, index) => `kept${index}`);
  const all = networkRows(
    reportOf(line(['in', 'a', 'b', ...kept]), line(['in', 'a_b', ...kept]), [
      { layers: ['a', 'b'], replacedBy: ['a_b'] },
    ]),
  );
  const { rows, teacher, student, spans } = foldRows(all);
  // The first reads a fused layer and the last feeds none: ten are between them.
  expect(places(student)).toEqual([
    ['in', 0, 1],
    ['a_b', 1, 2],
    ['kept0', 3, 1],
    ['kept10', 4, 1],
    ['kept11', 5, 1],
  ]);
  expect(student.map(({ count }) => count)).toEqual([1, 1, 1, 10, 1]);
  expect(student[3]!.layer.parameters).toBe(100);
  expect([rows, spans]).toEqual([6, [{ row: 1, rows: 2 }]]);
  expect(edgeLanes(teacher).direct).toEqual(new Set([0, 1, 2, 3, 4]));
});
