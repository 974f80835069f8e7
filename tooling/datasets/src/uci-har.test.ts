import { join } from 'node:path';
import { folderWith } from '@fuseinit/test-inputs/folders';
import { expect, test } from 'vitest';
import { refusal } from './testing-support/refusal.test-support.js';
import { uciHar } from './uci-har.js';

const channels = ['body_acc', 'body_gyro', 'total_acc'].flatMap((kind) =>
  ['x', 'y', 'z'].map((axis) => `${kind}_${axis}`),
);

/**
 * The value of a window's step in a channel: a curve of its own for each channel, a shift for each window.
 */
const value = (window: number, step: number, channel: number) =>
  Math.sin(step * (channel + 1) * 0.1) * 10 ** (channel % 3) + 3 * window + channel;

/**
 * Files of one set, windows numbered from `first`, in the published layout: 16 characters a number, a window
 * a line.
 */
function set(name: 'train' | 'test', labels: readonly number[], first: number): Record<string, string> {
  const signals = channels.map((channel, position) => {
    const lines = labels.map((_, window) =>
      Array.from({ length: 128 }, (_, step) =>
        value(first + window, step, position)
          .toExponential(7)
          .padStart(16),
      ).join(''),
    );
    return [`${name}/Inertial Signals/${channel}_${name}.txt`, `${lines.join('\n')}\n`];
  });
  return { ...Object.fromEntries(signals), [`${name}/y_${name}.txt`]: `${labels.join('\n')}\n` };
}

const files = () => ({ ...set('train', [5, 1, 6], 0), ...set('test', [2, 3], 3) });

test('windows have 128 steps of 9 channels, in the order of the files, standardised by training', () => {
  const { task, train, test } = uciHar(folderWith(files()));
  expect(task).toMatchObject({ classes: { 0: 'walking', 4: 'standing', 5: 'laying' } });
  expect([...train.targets]).toEqual([4, 0, 5]);
  expect([...test.targets]).toEqual([1, 2]);
  expect([train.inputShape, train.count, test.count]).toEqual([[128, 9], 3, 2]);
  channels.forEach((_, channel) => {
    const raw = [0, 1, 2].flatMap((window) =>
      Array.from({ length: 128 }, (_, step) => value(window, step, channel)),
    );
    const mean = raw.reduce((sum, one) => sum + one, 0) / raw.length;
    const deviation = Math.sqrt(raw.reduce((sum, one) => sum + (one - mean) ** 2, 0) / raw.length);
    for (const [samples, first] of [
      [train, 0],
      [test, 3],
    ] as const) {
      for (let window = 0; window < samples.count; window++) {
        for (const step of [0, 1, 64, 127]) {
          // Seven digits are written, and float32 has as many.
          expect(samples.inputs[(window * 128 + step) * 9 + channel]).toBeCloseTo(
            (value(first + window, step, channel) - mean) / deviation,
            4,
          );
        }
      }
    }
  });
});

test('labels are 1 to 6, one a line', () => {
  for (const [labels, words] of [
    ['1\n7\n2\n', 'holds the label 7: 1 to 6 were expected'],
    ['0\n1\n2\n', 'holds the label 0'],
    ['1\n1.5\n2\n', 'holds the label 1.5'],
    ['1\n\n2\n', 'holds 0 numbers in line 2: 1 were expected'],
    ['', 'holds 0 numbers in line 1'],
  ] as const) {
    const path = folderWith({ ...files(), 'train/y_train.txt': labels });
    const message = refusal(() => uciHar(path));
    expect(message).toContain(`DATA_FILE_INVALID: y_train.txt (${join(path, 'train/y_train.txt')})`);
    expect(message).toContain(words);
  }
});

test('a signal of other windows than labels, a line cut short and a missing signal are refused by name', () => {
  const name = 'test/Inertial Signals/total_acc_z_test.txt';
  const whole = files()[name]!;
  for (const [text, words] of [
    [whole.slice(0, whole.indexOf('\n')), 'holds 1 windows for 2 labels'],
    [whole.trimEnd().slice(0, -16), 'holds 127 numbers in line 2: 128 were expected'],
  ] as const) {
    const message = refusal(() => uciHar(folderWith({ ...files(), [name]: text })));
    expect(message).toContain('DATA_FILE_INVALID: total_acc_z_test.txt');
    expect(message).toContain(words);
  }
  const { [name]: _, ...others } = files();
  expect(refusal(() => uciHar(folderWith(others)))).toMatch(
    /^DATA_FILE_MISSING: .*total_acc_z_test\.txt isn't there.*archive\.ics\.uci\.edu\/dataset\/240/,
  );
});
