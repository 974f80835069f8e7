import { modelFiles } from '@fuseinit/model-files';
import { costOf, toLayersModel } from '@fuseinit/tfjs';
import { openTeacher } from '@fuseinit/tfjs/internal';
import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { mnistModel } from '../../testing-support/mnist.test-support.js';
import { spanCosts } from './span-costs.js';

test('costs from shapes alone are those of the layers as they are built', async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
  const model = await tf.loadLayersModel(modelFiles(mnistModel));
  const calibrationData = { data: new Float32Array(3 * 28 * 28), shape: [3, 28, 28, 1] };
  const opened = await openTeacher(model, { tf, calibrationData, samples: 3 });
  const { legal } = opened.spans();
  expect(legal.length).toBeGreaterThan(5);
  for (const span of legal) {
    const part = toLayersModel(tf, opened.spanAlone({ from: span.from, to: span.to }));
    const { parameters, multiplyAdds } = costOf(part);
    expect(spanCosts(opened.network, span)).toMatchObject({
      fusedParameters: parameters,
      fusedMultiplyAdds: multiplyAdds,
    });
    part.dispose();
  }
  await opened.close();
  model.dispose();
});
