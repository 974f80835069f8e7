import { expect, test } from 'vitest';
import { inferenceRow } from './inference-benchmark.js';

test('first runs count for the network that ran first, warm runs for both', () => {
  const answer = (firstRun: number, teacher: number[], student: number[]) => ({
    computesOn: 'a backend',
    firstRun,
    warm: { teacher, student },
  });
  const row = inferenceRow({ backend: 'wasm', batchSize: 1 }, [
    { first: 'teacher', answer: answer(9, [4, 4], [1, 2]) },
    { first: 'student', answer: answer(3, [4], [2]) },
  ]);
  expect(row.firstRun.teacher.median).toBe(9);
  expect(row.firstRun.student.median).toBe(3);
  expect(row.warm.student).toEqual({ median: 2, lowest: 1, highest: 2, count: 3 });
  expect(row.ratio).toEqual({ firstRun: 3, warm: 2 });
});
