import { join } from 'node:path';
import { folderWith } from '@fuseinit/test-inputs/folders';
import { expect, test } from 'vitest';
import { sha256Of } from './check/digest.js';
import { fsdd, readFsdd } from './fsdd.js';
import { refusal } from './testing-support/refusal.test-support.js';
import { tone, wav } from './testing-support/wav.test-support.js';

const recording = (hertz: number, seconds = 0.2) => wav(tone(hertz, 8000, seconds), { sampleRate: 8000 });

const files = {
  '0_george_5.wav': recording(300),
  '7_jackson_10.wav': recording(900, 2),
  '7_jackson_49.wav': recording(1000),
  '3_nicolas_0.wav': recording(400),
  '9_theo_4.wav': recording(500),
  'LICENSE.txt': 'CC BY-SA 4.0',
};

test('takes 0 to 4 are test, the others train, and the digit is the label', () => {
  const { task, train, test } = readFsdd(folderWith(files), undefined);
  expect(task).toMatchObject({ kind: 'classification', classes: { length: 10 } });
  expect([...train.targets]).toEqual([0, 7, 7]);
  expect([...test.targets]).toEqual([3, 9]);
  expect(train.inputShape).toEqual([64, 13]);
  expect(train.inputs.length).toBe(3 * 64 * 13);
});

test('the spoken frames are standardised, and what is beyond a recording is 0', () => {
  const { train, test } = readFsdd(folderWith(files), undefined);
  // 0.2 s are 1,600 samples, and (1600 - 256) / 128 + 1 frames: 11.
  const spoken = 11 * 13;
  for (const { inputs, count } of [train, test]) {
    expect(inputs.length).toBe(count * 64 * 13);
    expect(inputs.some((value) => !Number.isFinite(value))).toBe(false);
    expect(inputs.subarray(0, spoken).every((value) => value !== 0)).toBe(true);
    expect(inputs.subarray(spoken, 64 * 13).every((value) => value === 0)).toBe(true);
  }
  // What is longer than the frames is cut: it has no 0.
  expect(train.inputs.subarray(64 * 13, 2 * 64 * 13).every((value) => value !== 0)).toBe(true);
  // Fillers left out, coefficient 0 has mean 0 and deviation 1 over the 11 + 64 + 11 frames.
  const first = train.inputs.filter((value, index) => index % 13 === 0 && value !== 0);
  expect(first.length).toBe(86);
  expect(first.reduce((sum, value) => sum + value, 0) / 86).toBeCloseTo(0, 5);
  expect(first.reduce((sum, value) => sum + value * value, 0) / 86).toBeCloseTo(1, 5);
});

test('recordings are held to their digest; other files beside them are not', () => {
  const digest = sha256Of(
    Object.entries(files)
      .filter(([name]) => name.endsWith('.wav'))
      .map(([name, content]) => `${name} ${sha256Of(content as Buffer)}\n`)
      .sort()
      .join(''),
  );
  expect(readFsdd(folderWith(files), digest).train.count).toBe(3);
  const message = refusal(() => fsdd(folderWith(files)));
  expect(message).toMatch(/^DATA_FILE_INVALID: .*over the 5 files/);
  expect(message).toContain(digest);
  expect(message).toContain('dbd573d7');
});

test('a recording at another rate is refused by name', () => {
  const path = folderWith({ ...files, '1_lucas_7.wav': wav(tone(300, 16000, 0.2), { sampleRate: 16000 }) });
  expect(refusal(() => readFsdd(path, undefined))).toMatch(
    /^DATA_FILE_INVALID: 1_lucas_7\.wav .*16000 samples a second/,
  );
});

test('a folder without recordings, or without those of one set, is refused', () => {
  const absent = join(folderWith({}), 'fsdd');
  for (const path of [absent, folderWith({ 'notes.txt': '' })]) {
    const message = refusal(() => fsdd(path));
    expect(message).toMatch(/^DATA_FILE_MISSING/);
    expect(message).toContain('https://github.com/Jakobovski/free-spoken-digit-dataset');
    expect(message).toContain(`put its files into ${path}`);
  }
  const onlyTest = folderWith({ '3_nicolas_0.wav': recording(400) });
  expect(refusal(() => readFsdd(onlyTest, undefined))).toMatch(/^DATA_FILE_INVALID: .*no training samples/);
});
