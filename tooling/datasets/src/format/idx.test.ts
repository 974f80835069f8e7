import { idxFile } from '@fuseinit/test-inputs/array-files';
import { expect, test } from 'vitest';
import { refusal } from '../testing-support/refusal.test-support.js';
import { readIdx } from './idx.js';

const content = idxFile([2, 3], [1, 2, 3, 4, 5, 6]);

test('shape and bytes are read', () => {
  const { shape, bytes } = readIdx('some', content, 2);
  expect(shape).toEqual([2, 3]);
  expect([...bytes]).toEqual([1, 2, 3, 4, 5, 6]);
});

test('what is cut short, too long, of another rank or of another type is refused with what came', () => {
  const float = Buffer.from(content);
  float[2] = 0x0d;
  for (const [spoilt, words] of [
    [content.subarray(0, 17), 'holds 5 bytes for [2,3], which has 6'],
    [Buffer.concat([content, Buffer.of(7)]), 'holds 7 bytes for [2,3], which has 6'],
    [content.subarray(0, 7), 'holds 7 bytes: the header alone has 12'],
    [Buffer.alloc(0), 'holds 0 bytes: the header alone has 12'],
    [idxFile([2, 3, 1], [1, 2, 3, 4, 5, 6]), `begins with ${0x803}: ${0x802}`],
    [float, `begins with ${0xd02}: ${0x802}`],
  ] as const) {
    const message = refusal(() => readIdx('/data/some-idx', spoilt, 2));
    expect(message).toContain('DATA_FILE_INVALID: some-idx (/data/some-idx) ');
    expect(message).toContain(words);
  }
});
