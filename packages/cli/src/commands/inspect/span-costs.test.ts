import { modelFiles } from '@fuseinit/model-files';
import { costOf, describe, findSpans } from '@fuseinit/tfjs';
import { spanModel } from '@fuseinit/tfjs/internal';
import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { mnistModel } from '../../testing-support/mnist.test-support.js';
import { spanCosts } from './span-costs.js';

test('costs from shapes alone are those of the layers as they are built', async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
  const model = await tf.loadLayersModel(modelFiles(mnistModel));
  const layers = new Map(describe(model).layers.map((layer) => [layer.name, layer]));
  const { legal } = findSpans(model);
  expect(legal.length).toBeGreaterThan(5);
  for (const span of legal) {
    const part = spanModel(tf, model, { from: span.from, to: span.to });
    const { parameters, multiplyAdds } = costOf(part);
    expect(spanCosts(span, layers)).toMatchObject({
      fusedParameters: parameters,
      fusedMultiplyAdds: multiplyAdds,
    });
    part.dispose();
  }
  model.dispose();
});
