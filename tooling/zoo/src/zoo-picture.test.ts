import { expect, test } from 'vitest';
import { picturedModels, zooPicture } from './zoo-picture.js';

const page = `# A zoo

| model | version         | wasm, warm             |
| ----- | --------------- | ---------------------: |
| cats  | as given        |      80 ms (70 ms)     |
| cats  | simplified      | 40 ms (35 ms), 2.00x   |
| cats  | as a GraphModel | 20 ms (17 ms), 4.00x   |
| dogs  | as given        |      10 ms (9 ms)      |

| model | latency allowed | how                    | latency                      | output error | same answers |
| ----- | --------------- | ---------------------- | ---------------------------- | ------------ | ------------ |
| cats  | 0.70x           | 3 spans fused          | 0.60x (0.58 to 0.61)         | 0.08         | 98.0 %       |
| cats  | 0.70x           | 8 of 10 blocks dropped | 0.67x (0.67 to 0.67)         | 2.2          | 26.7 %       |
| cats  | 0.50x           | 1 span fused           | 0.80x (0.78 to 0.81), missed | 0.1          | 90.0 %       |
`;

test('a fused network’s time is a share of that of the model as given', () => {
  const [cats, ...others] = picturedModels(page);
  expect(others).toEqual([]);
  expect(cats!.bars.map(({ label, share, quality }) => [label, share, quality])).toEqual([
    ['as given', 1, ''],
    ['simplified', 0.5, 'same outputs'],
    ['as a GraphModel', 0.25, 'same outputs'],
    ['simplified and 3 spans fused', 0.3, 'same answers 98.0 %'],
    ['simplified and 1 span fused', 0.4, 'same answers 90.0 %'],
  ]);
});

test('the picture says what its bars show, and is the same again', async () => {
  const picture = await zooPicture(page);
  expect(picture).toContain('0.30x, same answers 98.0 %');
  expect(await zooPicture(page)).toBe(picture);
});
