import { createRequire } from 'node:module';
import { builtinLayers } from '@fuseinit/registry';
import { layerSettings } from '@fuseinit/registry/testing';
import type { Tensor, TensorFlow } from '@fuseinit/tfjs';
import { writtenClasses } from '@fuseinit/tfjs/internal';
import { expect, test } from 'vitest';
import { sweepFaults, sweepLayers } from './layer-sweep.js';

const tf = createRequire(import.meta.url)('@tensorflow/tfjs') as TensorFlow;

const classesTried = new Set(layerSettings.map(({ className }) => className));

test('every layer class of tfjs-layers is tried, but for those that have no output of their own to compare', () => {
  const { Layer } = tf.layers as unknown as { Layer: new (...of: never[]) => unknown };
  const classes = Object.entries(tf.serialization.SerializationMap.getMap().classNameMap)
    .filter(([, [layerClass]]) => (layerClass as { prototype: unknown }).prototype instanceof Layer)
    .map(([name]) => name);
  const inside = classes.filter((name) => /Cells?$/.test(name));
  const others = ['InputLayer', 'Model', 'Functional', 'Sequential', 'RandomWidth'];
  expect(classes.filter((name) => !classesTried.has(name)).sort()).toEqual([...inside, ...others].sort());
  const interpreted = builtinLayers.flatMap(({ classNames, apply }) => (apply ? classNames : []));
  expect([...classesTried].sort()).toEqual([...interpreted].sort());
});

test('on cpu, whatever is wrong in stock is known, and repaired', async () => {
  await tf.setBackend('cpu');
  const before = tf.memory().numTensors;
  const read = async (tensor: Tensor) => tensor.data() as Promise<Float32Array>;
  const sweep = await sweepLayers(tf, { floatPrecision: 32, read }, 'sample');
  expect(sweepFaults(sweep)).toEqual([]);
  expect(new Set(sweep.classes.map(({ className }) => className))).toEqual(classesTried);
  const wrong = sweep.classes.filter((result) => result.wrong > 0).map(({ className }) => className);
  expect(wrong.sort()).toEqual([
    'AveragePooling3D',
    'BatchNormalization',
    'Conv3D',
    'Conv3DTranspose',
    'MaxPooling3D',
  ]);
  const written = sweep.classes.filter((result) => result.written > 0).map(({ className }) => className);
  expect(written.sort()).toEqual([...writtenClasses()].sort());
  // What tfjs leaves where it refuses.
  expect(tf.memory().numTensors - before).toBeLessThan(30);
}, 120_000);
