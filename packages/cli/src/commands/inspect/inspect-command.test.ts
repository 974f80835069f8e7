import { modelFiles } from '@fuseinit/model-files';
import { costOf, toLayersModel } from '@fuseinit/tfjs';
import { openTeacher } from '@fuseinit/tfjs/internal';
import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { mnistModel } from '../../testing-support/mnist.test-support.js';
import { spanCosts } from './inspect-command.js';

test('costs from shapes alone are those of the layers as they are built', async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
  const model = await tf.loadLayersModel(modelFiles(mnistModel));
  const calibrationData = { data: new Float32Array(3 * 28 * 28), shape: [3, 28, 28, 1] };
  const opened = await openTeacher(model, { tf, calibrationData, samples: 3 });
  const { legal } = opened.spans();
  expect(legal.length).toBeGreaterThan(5);
  for (const { from, to, ...span } of legal) {
    const fused = toLayersModel(tf, opened.withSpan({ from, to }));
    const found = spanCosts(opened.network, { from, to, ...span });
    const [before, after] = [costOf(model), costOf(fused)];
    expect(after.parameters - before.parameters).toBe(found.fusedParameters - found.parameters);
    expect(after.multiplyAdds - before.multiplyAdds).toBe(found.fusedMultiplyAdds - found.multiplyAdds);
    fused.dispose();
  }
  await opened.close();
  model.dispose();
});
