import { expect, test } from 'vitest';
import { stagesOf } from './progress.js';

test('stages show themselves as parts of one whole, which never goes back', () => {
  const shown: [string, number][] = [];
  const stages = stagesOf(
    { show: (doing, share = 0) => void shown.push([doing, share]), above() {}, stop() {} },
    [
      { name: 'plan', share: 3 },
      { name: 'fuse', share: 1 },
    ],
  );
  stages.plan.show('timing', 1);
  stages.plan.show('collecting', 0.2);
  stages.fuse.show('conv1', 0.5);
  expect(shown.map(([, share]) => share)).toEqual([0.75, 0.75, 0.875]);
  expect(shown.map(([doing]) => doing)).toEqual([
    expect.stringMatching(/^1\/2 plan \(\d+ s left\): timing$/),
    expect.stringMatching(/^1\/2 plan .*: collecting$/),
    expect.stringMatching(/^2\/2 fuse .*: conv1$/),
  ]);
});
