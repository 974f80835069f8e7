import { expect, test } from 'vitest';
import { accuracyChange } from './verdict.js';

const answers = (
  bothRight: number,
  onlyTeacherRight: number,
  onlyStudentRight: number,
  bothWrong: number,
) => ({
  bothRight,
  onlyTeacherRight,
  onlyStudentRight,
  bothWrong,
  teacherAccuracy: 0,
  studentAccuracy: 0,
  classes: [],
});

test('only samples that one network alone gets right make it uncertain', () => {
  expect(accuracyChange(answers(90, 0, 0, 10))).toEqual({ change: 0, low: 0, high: 0 });
  const { change, low, high } = accuracyChange(answers(80, 10, 2, 8));
  expect(change).toBe(-0.08);
  // By hand: 1.96 sqrt((0.12 - 0.0064) / 100).
  expect(high - change).toBeCloseTo(0.06606, 5);
  expect(change - low).toBeCloseTo(0.06606, 5);
});
