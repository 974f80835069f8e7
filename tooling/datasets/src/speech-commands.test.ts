import { join } from 'node:path';
import { folderWith } from '@fuseinit/test-inputs/folders';
import { expect, test } from 'vitest';
import { speechCommands } from './speech-commands.js';
import { refusal } from './testing-support/refusal.test-support.js';
import { tone, wav } from './testing-support/wav.test-support.js';

const words = ['yes', 'no', 'up', 'down', 'left', 'right', 'on', 'off', 'stop', 'go'];

const recording = (hertz: number) => wav(tone(hertz, 16000, 1), { sampleRate: 16000 });

/** Three recordings of each word and of one that isn't asked for: b is for validation, c for the test. */
function files(): Record<string, string | Buffer> {
  const all = [...words, 'tree'].flatMap((word, index) =>
    ['a', 'b', 'c'].map((take) => [`${word}/${take}_nohash_0.wav`, recording(200 + 300 * index)] as const),
  );
  const list = (take: string) => [...words, 'tree'].map((word) => `${word}/${take}_nohash_0.wav`);
  return {
    ...Object.fromEntries(all),
    'validation_list.txt': `${list('b').join('\n')}\n`,
    'testing_list.txt': `${list('c').join('\r\n')}\r\n`,
  };
}

test('what is on the test list is test, what is on the validation list is neither, and others train', () => {
  const { task, train, test } = speechCommands(
    folderWith({ ...files(), 'yes/d_nohash_0.wav': recording(200), 'yes/notes.txt': '' }),
  );
  expect(task).toEqual({ kind: 'classification', classes: words });
  expect([...train.targets]).toEqual([0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect([...test.targets]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(train.inputShape).toEqual([64, 13]);
  // The same recordings stand in both sets, but for the second of yes.
  expect(train.inputs.subarray(0, 64 * 13)).toEqual(test.inputs.subarray(0, 64 * 13));
  expect(train.inputs.subarray(2 * 64 * 13)).toEqual(test.inputs.subarray(64 * 13));
});

test('a recording of one second fills 61 frames', () => {
  const { test } = speechCommands(folderWith(files()));
  expect(test.inputs.subarray(0, 61 * 13).every((value) => value !== 0)).toBe(true);
  expect(test.inputs.subarray(61 * 13, 64 * 13).every((value) => value === 0)).toBe(true);
});

test('a missing list, a missing word and an empty word are told by their path', () => {
  for (const [gone, left] of [
    ['testing_list.txt', {}],
    ['validation_list.txt', {}],
    ['down/', {}],
    ['down/', { 'down/notes.txt': '' }],
  ] as const) {
    const kept = Object.entries(files()).filter(([name]) => !name.startsWith(gone));
    const path = folderWith({ ...Object.fromEntries(kept), ...left });
    const message = refusal(() => speechCommands(path));
    expect(message).toContain(`DATA_FILE_MISSING: ${join(path, gone).replace(/\/$/, '')}`);
    expect(message).toContain('https://www.tensorflow.org/datasets/catalog/speech_commands');
  }
});

test('a test list of other names is refused, and so is a recording at another rate', () => {
  const other = folderWith({ ...files(), 'testing_list.txt': 'yes\\c_nohash_0.wav\n' });
  expect(refusal(() => speechCommands(other))).toMatch(/^DATA_FILE_INVALID: .*no test samples/);
  const slow = wav(tone(300, 8000, 1), { sampleRate: 8000 });
  const mixed = folderWith({ ...files(), 'go/a_nohash_0.wav': slow });
  expect(refusal(() => speechCommands(mixed))).toMatch(
    /^DATA_FILE_INVALID: a_nohash_0\.wav .*8000 samples a second: 16000/,
  );
});
