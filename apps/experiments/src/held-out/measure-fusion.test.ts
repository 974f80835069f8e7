import { uniformStream } from '@fuseinit/core';
import type { Samples } from '@fuseinit/datasets';
import { startBackend } from '@fuseinit/node-backends';
import { expect, test } from 'vitest';
import { measureFusion } from './measure-fusion.js';

function samplesOf(count: number, seed: number): Samples {
  const draw = uniformStream(seed);
  const inputs = Float32Array.from({ length: count * 3 }, () => 2 * draw() - 1);
  return { inputs, inputShape: [3], targets: new Float32Array(count), count };
}

test('what a report warns of is counted, for the layer and for the output', async () => {
  const { tf } = await startBackend('wasm');
  const kernelInitializer = tf.initializers.heNormal({ seed: 5 });
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ name: 'a', units: 6, activation: 'relu', inputShape: [3], kernelInitializer }),
      tf.layers.dense({ name: 'b', units: 1, kernelInitializer }),
    ],
  });
  // A third of at most 200 samples is held out: too few to tell the error of this network.
  const teacher = { model, seen: samplesOf(24, 1), unseen: samplesOf(300, 2) };
  const { layer, output } = await measureFusion(tf, teacher, 'fresh', 1);
  for (const { reported, standardError, isWarnedOf } of [layer, output]) {
    expect(standardError!).toBeGreaterThan(0.15 * reported);
    expect(isWarnedOf).toBe(true);
  }
});
