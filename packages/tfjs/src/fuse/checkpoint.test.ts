import { type BackendAdapter, FuseInitError } from '@fuseinit/core';
import { fingerprint, seededData, seedWeights, tf } from '@fuseinit/test-inputs/seeded-models';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createDeviceBackend } from '../backend/create-device-backend.js';
import { disposeModel } from '../network/write-layers-model.js';
import type { Tensor } from '../tensorflow.js';
import { createCheckpoint } from './checkpoint.js';
import { fuse } from './fuse.js';
import type { FuseOptions } from './fuse-options.js';

const dense = (name: string, units: number, inputShape?: number[]) =>
  tf.layers.dense({ name, units, activation: 'relu', ...(inputShape && { inputShape }) });
const layers = () => [dense('a', 6, [5]), dense('b', 6), dense('c', 6), dense('d', 6), dense('e', 2)];
const teacherOf = () => seedWeights(tf.sequential({ name: 'teacher', layers: layers() }), 1);

// The sums are read back after every batch, so that an interruption doesn't change their last bits.
const backend = createDeviceBackend(tf, { name: 'cpu', maxTensorSize: 2 ** 24 });

const options = {
  tf,
  backend,
  spans: [
    { from: 'a', to: 'b' },
    { from: 'c', to: 'd' },
  ],
  calibrationData: seededData([64, 5], 2),
  batchSize: 8,
} satisfies FuseOptions;

/** A backend whose device is lost after a number of batches, and stays lost. */
function mortal(batches: number): BackendAdapter<Tensor> & { counted: number } {
  const requireDevice = () => {
    if (mortalBackend.counted >= batches) throw new FuseInitError('DEVICE_LOST', 'gone');
  };
  const mortalBackend = {
    ...backend,
    counted: 0,
    requireDevice,
    read(tensor: Tensor) {
      requireDevice();
      return backend.read(tensor);
    },
    async patchMoments(...batch: Parameters<typeof backend.patchMoments>) {
      requireDevice();
      const moments = await backend.patchMoments(...batch);
      mortalBackend.counted++;
      return moments;
    },
  };
  return mortalBackend;
}

let tensorsBefore = 0;
beforeEach(() => {
  tensorsBefore = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensorsBefore);
});

test('a fusion goes on where the device was lost, and ends as if it had not been', async () => {
  const teacher = teacherOf();
  const whole = await fuse(teacher, options);
  const checkpoint = createCheckpoint();
  expect(checkpoint.state()).toBeUndefined();
  // 64 samples in batches of 8 are 8 parts to solve on in each of three passes. Held-out rows are read, not
  // summed.
  await expect(fuse(teacher, { ...options, backend: mortal(11), checkpoint })).rejects.toMatchObject({
    code: 'DEVICE_LOST',
  });
  const resumed = createCheckpoint(structuredClone(checkpoint.state()!));
  const backend = mortal(Number.POSITIVE_INFINITY);
  const seen: number[] = [];
  const { student } = await fuse(teacher, {
    ...options,
    backend,
    checkpoint: resumed,
    onProgress: ({ stage, samples }) => stage === 'fuse' && seen.push(samples),
  });
  expect(fingerprint(student)).toBe(fingerprint(whole.student));
  expect(backend.counted).toBe(3 * 8 - 11);
  expect(seen[0]).toBeGreaterThan(8);
  expect(seen.at(-1)).toBe(64);
  for (const model of [teacher, whole.student, student]) disposeModel(model);
});

test('layers that share a pass go on each at its own batch', async () => {
  const teacher = teacherOf();
  const shared = { ...options, propagate: 'teacher' } as const;
  const whole = await fuse(teacher, shared);
  const checkpoint = createCheckpoint();
  // Two layers read each part, and the device is lost between the two reads of the fifth.
  await expect(fuse(teacher, { ...shared, backend: mortal(5), checkpoint })).rejects.toThrow('gone');
  const state = structuredClone(checkpoint.state()!);
  expect(state.steps.map(({ collector, complete }) => [collector.batches, complete])).toEqual([
    [5, false],
    [4, false],
  ]);
  const backend = mortal(Number.POSITIVE_INFINITY);
  const { student } = await fuse(teacher, { ...shared, backend, checkpoint: createCheckpoint(state) });
  expect(fingerprint(student)).toBe(fingerprint(whole.student));
  expect(backend.counted).toBe(3 * 8 - 5);
  for (const model of [teacher, whole.student, student]) disposeModel(model);
});

test('an abort can be gone on from too', async () => {
  const teacher = teacherOf();
  const checkpoint = createCheckpoint();
  const controller = new AbortController();
  const stop = ({ samples }: { samples: number }) => samples >= 16 && controller.abort();
  await expect(
    fuse(teacher, { ...options, checkpoint, signal: controller.signal, onProgress: stop }),
  ).rejects.toMatchObject({ code: 'ABORTED' });
  expect(checkpoint.state()!.steps).toHaveLength(1);
  const { student } = await fuse(teacher, { ...options, checkpoint });
  const { student: whole } = await fuse(teacher, options);
  expect(fingerprint(student)).toBe(fingerprint(whole));
  for (const model of [teacher, whole, student]) disposeModel(model);
});

test('a device lost after the last batch is reported, not a student of zeros', async () => {
  const teacher = teacherOf();
  await expect(fuse(teacher, { ...options, backend: mortal(3 * 8) })).rejects.toMatchObject({
    code: 'DEVICE_LOST',
  });
  disposeModel(teacher);
});

test.each([
  ['other spans', { spans: options.spans.slice(0, 1) }, 1],
  ['other options', { refit: 'none' }, 1],
  ['more samples', { calibrationData: seededData([72, 5], 2) }, 1],
  ['other data', { calibrationData: seededData([64, 5], 3) }, 1],
  ['other weights', {}, 2],
] as const)('a checkpoint is refused for %s', async (_title, change, seed) => {
  const teacher = teacherOf();
  const checkpoint = createCheckpoint();
  await expect(fuse(teacher, { ...options, backend: mortal(5), checkpoint })).rejects.toThrow('gone');
  seedWeights(teacher, seed);
  await expect(fuse(teacher, { ...options, ...change, checkpoint })).rejects.toMatchObject({
    code: 'CHECKPOINT_MISMATCH',
  });
  disposeModel(teacher);
});

test('a fusion that ended well leaves its checkpoint empty, for the next', async () => {
  const teacher = teacherOf();
  const checkpoint = createCheckpoint();
  const first = await fuse(teacher, { ...options, checkpoint });
  expect(checkpoint.state()).toBeUndefined();
  seedWeights(teacher, 2);
  const [second, whole] = [await fuse(teacher, { ...options, checkpoint }), await fuse(teacher, options)];
  expect(fingerprint(second.student)).toBe(fingerprint(whole.student));
  for (const model of [teacher, first.student, second.student, whole.student]) disposeModel(model);
});

test('a state that went through JSON, or is of another version, is refused in words', async () => {
  const teacher = teacherOf();
  const checkpoint = createCheckpoint();
  await expect(fuse(teacher, { ...options, backend: mortal(5), checkpoint })).rejects.toThrow('gone');
  const state = checkpoint.state()!;
  expect(() => createCheckpoint(JSON.parse(JSON.stringify(state)))).toThrow(/not as JSON/);
  expect(() => createCheckpoint({ ...state, specVersion: 1 as 2 })).toThrow(/specVersion 1/);
  disposeModel(teacher);
});
