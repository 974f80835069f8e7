import { join } from 'node:path';
import { folderWith } from '@fuseinit/test-inputs/folders';
import { expect, test } from 'vitest';
import { sha256Of } from './check/digest.js';
import { readSpSwHar, spSwHar } from './sp-sw-har.js';
import { refusal } from './testing-support/refusal.test-support.js';

const header = 'x_acc,y_acc,z_acc,x_gyro,y_gyro,z_gyro,timestamp,label';

/** A recording whose channels count up, each from another hundred, with a label for each step. */
const recording = (labels: readonly string[]) =>
  [
    header,
    ...labels.map((label, step) => {
      const values = [0, 1, 2, 3, 4, 5].map((channel) => channel * 100 + step);
      return [...values, 1657533977813 + step, label].join();
    }),
  ].join('\n');

const steps = (count: number, label: string) => new Array<string>(count).fill(label);

const files = {
  'executions_info.csv': 'execution,start\n',
  's18/s18_01_sp.csv': recording([...steps(100, 'SEATED'), ...steps(92, 'WALKING')]),
  's18/s18_01_sw.csv': recording(steps(127, 'SEATED')),
  's19/s19_01_sw.csv': recording(steps(128, 'TURNING')),
  's23/s23_01_sp.csv': recording(steps(130, 'SITTING_DOWN')),
};

test('subjects 19 to 23 are test; windows of 128 steps overlap by half and have their commonest label', () => {
  const { task, train, test } = readSpSwHar(folderWith(files), undefined);
  expect(task.kind).toBe('classification');
  expect(train.inputShape).toEqual([128, 6]);
  // Steps 0 to 127: 100 SEATED of 128. Steps 64 to 191: 36 SEATED, 92 WALKING. The watch has too few for a
  // window.
  expect([...train.targets]).toEqual([0, 2]);
  expect([...test.targets]).toEqual([3, 4]);
});

test('channels keep their order, each standardised by the training windows', () => {
  const { train, test } = readSpSwHar(folderWith(files), undefined);
  // Windows of steps 0 to 127 and 64 to 191 have mean 95.5; a channel's hundreds vanish with its mean.
  const values = [0, 64].flatMap((start) => Array.from({ length: 128 }, (_, step) => start + step - 95.5));
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / 256);
  for (let channel = 0; channel < 6; channel++) {
    const ofChannel = train.inputs.filter((_, index) => index % 6 === channel);
    ofChannel.forEach((value, index) => {
      expect(value).toBeCloseTo(values[index]! / deviation, 5);
    });
    expect(test.inputs[channel]).toBeCloseTo(-95.5 / deviation, 5);
  }
});

test('columns are found by name', () => {
  const swapped = (text: string) =>
    text
      .split('\n')
      .map((line) => line.split(',').reverse().join())
      .join('\n');
  const reversed = Object.fromEntries(Object.entries(files).map(([name, text]) => [name, swapped(text)]));
  expect(readSpSwHar(folderWith(reversed), undefined)).toEqual(readSpSwHar(folderWith(files), undefined));
});

test('recordings are held to their digest, by subject and name', () => {
  const digest = sha256Of(
    Object.entries(files)
      .slice(1)
      .map(([name, text]) => `${name} ${sha256Of(text)}\n`)
      .join(''),
  );
  expect(readSpSwHar(folderWith(files), digest).train.count).toBe(2);
  const message = refusal(() => spSwHar(folderWith(files)));
  expect(message).toContain(`the SHA-256 over the 4 files in it is ${digest}, 887d51ec`);
});

test('a column, a label or a number that is not as published is refused by name and row', () => {
  const good = recording(steps(128, 'SEATED'));
  for (const [text, words] of [
    ['', 'has no column x_acc'],
    [good.replace('z_gyro', 'w_gyro'), 'has no column z_gyro'],
    [good.replace('label', 'class'), 'has no column label'],
    [good.replace('SEATED', 'RUNNING'), 'has "RUNNING" as label in row 1'],
    [good.replace('\n1,101', '\n ,101'), 'has " " as x_acc in row 2'],
  ] as const) {
    const path = folderWith({ ...files, 's02/s02_03_sw.csv': text });
    const message = refusal(() => readSpSwHar(path, undefined));
    expect(message).toContain(`DATA_FILE_INVALID: s02_03_sw.csv (${join(path, 's02/s02_03_sw.csv')})`);
    expect(message).toContain(words);
  }
});

test('a folder without subjects, a subject that is a file, and a set without a window are refused', () => {
  for (const path of [join(folderWith({}), 'sp-sw-har'), folderWith({ 'executions_info.csv': '' })]) {
    expect(refusal(() => spSwHar(path))).toMatch(
      /^DATA_FILE_MISSING: .*github\.com\/GeoTecINIT\/sp-sw-har-dataset/,
    );
  }
  expect(refusal(() => spSwHar(folderWith({ s01: 'text' })))).toMatch(/^DATA_FILE_INVALID: s01 .*ENOTDIR/);
  const short = folderWith({
    ...files,
    's19/s19_01_sw.csv': recording([]),
    's23/s23_01_sp.csv': recording([]),
  });
  expect(refusal(() => readSpSwHar(short, undefined))).toContain('has a header and no rows');
  const untested = folderWith({ 's18/a.csv': files['s18/s18_01_sp.csv'] });
  expect(refusal(() => readSpSwHar(untested, undefined))).toMatch(/^DATA_FILE_INVALID: .*no test samples/);
});
