import { expect, test } from 'vitest';
import { armStyles } from './marks.js';

test('without colours no two arms look the same', () => {
  const looks = Object.values(armStyles).map(({ dash, shape, filled }) =>
    JSON.stringify([dash, shape, filled]),
  );
  expect(new Set(looks).size).toBe(looks.length);
});
