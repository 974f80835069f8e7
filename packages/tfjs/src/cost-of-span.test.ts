import { costOf } from '@fuseinit/core';
import { seedWeights, tf } from '@fuseinit/test-inputs/seeded-models';
import { expect, test } from 'vitest';
import { costOfSpan } from './cost-of-span.js';
import { findSpans } from './find-spans.js';
import { readNetwork } from './network/read-network.js';

test('dense layers on a sequence read one step at a time', () => {
  const dense = (name: string, units: number, more = {}) => tf.layers.dense({ name, units, ...more });
  const model = seedWeights(
    tf.sequential({ layers: [dense('a', 5, { inputShape: [6, 4] }), dense('b', 3)] }),
    1,
  );
  const [span] = findSpans(model).legal;
  expect(span).toMatchObject({ from: 'a', to: 'b', kernelSize: null });
  const alone = seedWeights(tf.sequential({ layers: [dense('ab', 3, { inputShape: [6, 4] })] }), 1);
  const { parameters, multiplyAdds } = costOf(readNetwork(alone));
  expect(costOfSpan(readNetwork(model), span!, null)).toEqual({
    parameters,
    multiplyAdds,
    patchSize: 4,
    steps: [1],
  });
  model.dispose();
  alone.dispose();
});
