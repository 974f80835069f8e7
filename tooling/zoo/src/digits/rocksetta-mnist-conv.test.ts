import { expect, test } from 'vitest';
import { fuseEachSpan } from './fuse-each-span.js';

// Each pair of neighbouring layers with weights. Longer spans lose more than one nonlinearity: `npm run
// foreign` shows what they keep.
test('a network by somebody else keeps its digits, whichever pair of layers is fused', {
  timeout: 300_000,
}, async () => {
  const seen = await fuseEachSpan('rocksetta-mnist-conv', {
    calibrationImages: 8000,
    testImages: 4000,
    wanted: ({ layers }) => layers.filter((name) => /conv2d_|dense_/.test(name)).length === 2,
  });
  expect(seen.teacher).toBeGreaterThan(0.98);
  expect(seen.spans.map(({ span }) => span)).toEqual([
    'conv2d_Conv2D1 to conv2d_Conv2D2',
    'conv2d_Conv2D2 to conv2d_Conv2D3',
    'conv2d_Conv2D3 to dense_Dense1',
    'dense_Dense1 to dense_Dense2',
  ]);
  for (const { span, accuracy } of seen.spans) expect(accuracy, span).toBeGreaterThanOrEqual(0.965);
});
