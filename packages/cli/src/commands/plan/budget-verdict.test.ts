import type { Plan, PlanChoice } from '@fuseinit/planner';
import type { FusionReport } from '@fuseinit/report';
import { expect, test } from 'vitest';
import { budgetVerdict, verdictText } from './budget-verdict.js';

/** Plans of 20, 40, 60, 80 and 100 % of the latency that was predicted for the teacher, 10 ms. */
const front = [2, 4, 6, 8, 10].map(
  (latency, index) =>
    ({
      spans: index < 4 ? [{ from: `a${index}`, to: 'b', kernelSize: [3, 3] }] : [],
      costs: { latency, parameters: latency, multiplyAdds: 0, depth: 1 },
      outputRelativeMse: (4 - index) / 10,
    }) as unknown as Plan,
);
const choice = { front, chosen: front[2] } as unknown as PlanChoice;
const share = (value: number) => ({ of: 'latency', amount: { value, isShare: true } }) as const;

/** A report of a teacher of 5 ms, half as slow as predicted, and a student of so many. */
const measured = (student: number) =>
  ({
    latency: { teacher: { warm: { median: 0.005 } }, student: { warm: { median: student / 1000 } } },
    outputs: [{ relativeMse: 0.2 }, { relativeMse: 0.3 }],
  }) as unknown as FusionReport;

test('the share is of the teacher that was timed beside the student', () => {
  const verdict = budgetVerdict(share(0.7), measured(3.25), choice);
  expect(verdict).toMatchObject({ limit: expect.closeTo(0.0035), isKept: true, wouldKeep: null });
  expect(verdictText(verdict, 'teacher')).toBe(
    "The budget is kept: a latency of 3.25 ms, 65.0 % of the teacher's in turns with it; 70.0 % was allowed.",
  );
});

test('a share that times can’t tell from the limit keeps to it', () => {
  const beside = (low: number, high: number) => {
    const { latency, ...report } = measured(3.25);
    const ratio = { median: 0.65, low, high };
    return { ...report, latency: { ...latency, ratio } } as FusionReport;
  };
  const kept = budgetVerdict(share(0.64), beside(0.63, 0.67), choice);
  expect(verdictText(kept, 'teacher')).toBe(
    "The budget is kept, as far as times can tell: a latency of 3.25 ms, 65.0 % (63.0 % to 67.0 %) of the teacher's in turns with it; 64.0 % was allowed.",
  );
  expect(budgetVerdict(share(0.62), beside(0.63, 0.67), choice).isKept).toBe(false);
});

test('what would keep a budget that was missed allows for how far off the prediction was', () => {
  // 90 % where 60 % was predicted: plans take half as long again, so that 40 % becomes 60.
  const verdict = budgetVerdict(share(0.62), measured(4.5), choice);
  expect(verdict).toMatchObject({ isKept: false, wouldKeep: front[1] });
  expect(verdictText(verdict, 'teacher')).toMatch(
    /MISSED by 28\.0 %: .*--max-latency 90% would be kept by this student; a1:b@3 is likely to keep it/,
  );
  expect(budgetVerdict(share(0.25), measured(4.5), choice).wouldKeep).toBeNull();
  const alone = budgetVerdict(share(0.62), measured(4.5));
  expect(verdictText(alone, 'teacher')).toMatch(/by this student; fuseinit plan finds other plans\.$/);
});

test('an error is that of the worst output', () => {
  expect(budgetVerdict({ of: 'error', most: 0.25 }, measured(1), choice)).toMatchObject({
    student: 0.3,
    isKept: false,
  });
});
