import { modelFiles } from '@fuseinit/model-files';
import { costOf, toLayersModel } from '@fuseinit/tfjs';
import { openTeacher } from '@fuseinit/tfjs/internal';
import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { mnistModel } from '../../testing-support/mnist.test-support.js';
import { inspectionText, spanCosts } from './inspect-command.js';

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

test('a deep network is told on two screens, and --all lists each layer, span and reason', () => {
  const names = Array.from({ length: 200 }, (_, index) => `block_${index}`);
  const costs = { parameters: 9, multiplyAdds: 90, fusedParameters: 5 };
  const inspection: Parameters<typeof inspectionText>[0] = {
    model: {
      name: 'deep',
      countedFor: null,
      inputs: [],
      outputs: [],
      layers: names.map((name) => ({
        name,
        className: 'Dense',
        inputShapes: [[null, 8]],
        outputShapes: [[null, 8]],
        parameters: 3,
        multiplyAdds: 64,
        readsFrom: [],
        feeds: [],
        isOutput: false,
      })),
    },
    simplified: null,
    spans: names.map((name, index) => ({
      from: name,
      to: `${name}_end`,
      layers: [name, `${name}_end`],
      className: 'Dense',
      kernelSize: null,
      costs: { ...costs, fusedMultiplyAdds: index },
    })),
    refused: names.map((name) => ({ from: name, to: name, reason: `The layer "${name}" mixes 2 things.` })),
  };
  const short = inspectionText(inspection, false);
  expect(short.split('\n').length).toBeLessThan(80);
  expect(short).toMatch(/Dense +│? *200 .*600 /);
  expect(short).toContain('Of 200 spans, these save most for each layer');
  expect(short).toContain('block_19:block_19_end');
  expect(short).not.toContain('block_20:block_20_end');
  expect(short).toContain('200 x block_0: The layer "block_0" mixes 2 things.');
  const whole = inspectionText(inspection, true);
  for (const name of names) expect(whole).toContain(`${name}: The layer "${name}"`);
});
