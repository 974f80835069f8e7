import { createRequire } from 'node:module';
import { layerSettings } from '@fuseinit/registry/testing';
import { repairKernels, type TensorFlow } from '@fuseinit/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { checkDrawn, type DrawnResult } from './check-drawn.js';

const tf = createRequire(import.meta.url)('@tensorflow/tfjs') as TensorFlow;

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
  repairKernels(tf);
});

// The first 48 of those that `npm run drawn` draws.
test('drawn models of many classes predict the same in both formats, or are refused by name', async () => {
  const results: DrawnResult[] = [];
  for (let seed = 0; seed < 48; seed++) results.push(await checkDrawn(tf, seed));
  const failed = results.filter(({ layers, graph }) => layers.as === 'failed' || graph.as === 'failed');
  expect(failed).toEqual([]);
  const equal = (format: 'layers' | 'graph') => results.filter((each) => each[format].as === 'equal').length;
  expect(equal('layers')).toBeGreaterThan(40);
  expect(equal('graph')).toBeGreaterThan(24);
  const classes = new Set(results.flatMap(({ classNames }) => classNames));
  const all = new Set(layerSettings.map(({ className }) => className));
  expect(classes.size).toBeGreaterThan(all.size / 2);
});
