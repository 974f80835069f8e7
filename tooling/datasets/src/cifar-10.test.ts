import { join } from 'node:path';
import { folderWith } from '@fuseinit/test-inputs/folders';
import { expect, test } from 'vitest';
import { cifar10 } from './cifar-10.js';
import { refusal } from './testing-support/refusal.test-support.js';

/** A record whose red, green and blue planes have one value each but for the pixel in row 1, column 2. */
function record(label: number, plane: readonly number[], pixel: readonly number[]): Buffer {
  const bytes = Buffer.alloc(3073, label);
  for (let channel = 0; channel < 3; channel++) {
    bytes.fill(plane[channel]!, 1 + channel * 1024, 1 + (channel + 1) * 1024);
    bytes[1 + channel * 1024 + 32 + 2] = pixel[channel]!;
  }
  return bytes;
}

const first = record(3, [0, 51, 102], [255, 0, 153]);
const second = record(9, [51, 51, 51], [0, 0, 0]);
const third = record(0, [255, 255, 255], [0, 0, 0]);

test('planes become channels of a pixel', () => {
  const { train } = cifar10(folderWith({ 'data_batch_1.bin': first, 'test_batch.bin': second }));
  expect(train.inputShape).toEqual([32, 32, 3]);
  const pixel = (row: number, column: number) =>
    Array.from(train.inputs.subarray((row * 32 + column) * 3, (row * 32 + column) * 3 + 3), (value) =>
      Math.round(value * 255),
    );
  expect(pixel(0, 0)).toEqual([0, 51, 102]);
  expect(pixel(1, 2)).toEqual([255, 0, 153]);
  expect(pixel(2, 1)).toEqual([0, 51, 102]);
  expect(pixel(31, 31)).toEqual([0, 51, 102]);
});

test('the batches that are there follow each other; the test batch stays apart', () => {
  const { task, train, test, preparation } = cifar10(
    folderWith({
      'data_batch_4.bin': third,
      'data_batch_1.bin': Buffer.concat([first, second]),
      'data_batch_6.bin': first,
      'test_batch.bin': second,
    }),
  );
  expect(task).toMatchObject({ kind: 'classification', classes: { 0: 'airplane', 3: 'cat', 9: 'truck' } });
  expect([...train.targets]).toEqual([3, 9, 0]);
  expect(train.count).toBe(3);
  expect(train.inputs.at(-1)).toBe(1);
  expect([...test.targets]).toEqual([9]);
  expect(test.inputs.length).toBe(3072);
  expect(preparation).toContain('3 training and 1 test images');
});

test('a batch cut short, an empty one and a label beyond the classes are refused by name', () => {
  const wrong = Buffer.concat([second, record(10, [0, 0, 0], [0, 0, 0])]);
  for (const [spoilt, words] of [
    [first.subarray(0, 3072), 'holds 3072 bytes: records of 3073'],
    [Buffer.alloc(0), 'holds 0 bytes'],
    [wrong, 'holds the label 10: 0 to 9 were expected'],
  ] as const) {
    const path = folderWith({ 'data_batch_1.bin': first, 'test_batch.bin': spoilt });
    const message = refusal(() => cifar10(path));
    expect(message).toContain('DATA_FILE_INVALID: test_batch.bin');
    expect(message).toContain(words);
  }
});

test('the first batch and the test batch have to be there', () => {
  const path = folderWith({ 'data_batch_2.bin': first });
  const message = refusal(() => cifar10(path));
  expect(message).toContain(`DATA_FILE_MISSING: ${join(path, 'data_batch_1.bin')} isn't there`);
  expect(message).toContain('https://www.cs.toronto.edu/~kriz/cifar.html');
  expect(refusal(() => cifar10(folderWith({ 'data_batch_1.bin': first })))).toMatch(
    /^DATA_FILE_MISSING: .*test_batch\.bin/,
  );
});
