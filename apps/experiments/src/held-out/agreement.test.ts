import { expect, test } from 'vitest';
import { agreementByKind, agreementRows, type MeasuredSet, seenText } from './agreement.js';
import type { MeasuredFusion } from './measure-fusion.js';

/** Fusions of these ratios of reported to true errors, and whether each is warned of. */
function fusions(ratios: readonly (readonly [number, boolean])[], seenOverFresh: number): MeasuredFusion[] {
  const compared = (ratio: number, isWarnedOf: boolean) => ({
    reported: ratio,
    standardError: 0.01,
    isWarnedOf,
    true: 1,
    trueStandardError: 0.001,
  });
  return ratios.flatMap(([ratio, isWarnedOf]) =>
    (['fresh', 'seen'] as const).map((calibratedOn) => {
      const scale = calibratedOn === 'seen' ? seenOverFresh : 1;
      return {
        calibratedOn,
        span: 'a_b',
        kernelSize: null,
        refit: 'none',
        samples: 300,
        heldOutSamples: 100,
        layer: compared(ratio * scale, isWarnedOf),
        output: compared(1, false),
      };
    }),
  );
}

const table: MeasuredSet = {
  name: 'a table',
  kind: 'table',
  fusions: fusions(
    [
      [0.6, true],
      [0.8, false],
      [1, false],
      [1.6, false],
    ],
    0.5,
  ),
};

test('the share that is right is told of all, and of those without a warning', () => {
  const [layer, output] = agreementRows('a table', table.fusions);
  expect(layer).toEqual([
    ...['a table', 'other samples', 'fused layer', '4', '50.0 %', '1', '66.7 %', '0.90', '0.63 to 1.51'],
  ]);
  expect(output!.slice(2, 7)).toEqual(['network output', '4', '100.0 %', '0', '100.0 %']);
});

test('kinds that nothing was measured on are left out', () => {
  expect(new Set(agreementByKind([table]).map(([kind]) => kind))).toEqual(new Set(['tables', 'all']));
});

test('samples that the teacher was trained on are compared draw by draw', () => {
  expect(seenText([table])).toMatch(/reports 0\.50 times the error for its layer, and 1\.00 times/);
});
