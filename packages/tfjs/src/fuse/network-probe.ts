import { type Network, requireNotAborted, sizeOf, type TensorRef } from '@fuseinit/core';
import { createHeldOutRows, type HeldOutSample } from '@fuseinit/statistics';
import { splitHeldOut } from '../calibration/held-out.js';
import { limitedSource } from '../calibration/limited-source.js';
import type { LiveLayers } from '../network/make-layer.js';
import type { Tensor } from '../tensorflow.js';
import type { Fusion } from './fusion.js';
import { createKeptActivations, type RunBatch } from './kept-activations.js';
import { createTally } from './output-error.js';

/**
 * Some held-out samples and the teacher's outputs for them, to determine whether a change makes the network
 * worse.
 */
export interface NetworkProbe {
  /**
   * Measures the mean square error of a student's outputs relative to the variance of the teacher's, averaged
   * over the outputs.
   *
   * @param live The instances of the student's own layers. Defaults to those of the fusion.
   * @param from A tensor that later students compute alike, which differ behind it: what is computed up to
   *   there is kept for them.
   */
  errorOf(student: Network, live?: LiveLayers, from?: TensorRef): Promise<number>;
  /** Keeps what the teacher computes up to a tensor, for students that differ behind it. */
  startAt(from: TensorRef): void;
  dispose(): void;
}

/** The values of all inputs of the model for one sample, concatenated. */
interface ProbeSample extends HeldOutSample {
  /** The shape of each input, without the batch axis. */
  readonly shapes: readonly (readonly number[])[];
}

/** The fusion whose students are measured; its layers needn't be planned yet. */
type ProbedFusion = Omit<Fusion, 'passes' | 'activations'>;

/** The number of samples run at a time. */
const samplesAtOnce = 32;

/**
 * Creates a probe with a representative choice of the held-out samples, as many as fit into 16 MiB. Returns
 * undefined if none are held out.
 *
 * @param seen The number of samples of the data to read: no more than a layer was solved on, since a stream
 *   may be endless.
 * @throws ABORTED when the signal fires.
 */
export async function createNetworkProbe(
  fusion: ProbedFusion,
  seen: number,
): Promise<NetworkProbe | undefined> {
  const { tf, teacher, backend } = fusion;
  const kept = await probeSamples(fusion, seen);
  const batches = batchesOf(kept);
  if (batches.length === 0) return undefined;
  const ofTeacher = createKeptActivations(tf);
  let activations = ofTeacher.fork();
  /** Runs a network on one of the batches. The caller disposes the tensors. */
  const runOn = (run: RunBatch, at: number, live = fusion.live) => {
    const inputs = inputsOf(tf, batches[at]!);
    try {
      return run(`${at}`, inputs, live);
    } finally {
      tf.dispose(inputs);
    }
  };
  const read = async (outputs: Tensor[]) => {
    try {
      return await Promise.all(outputs.map(async (output) => Float32Array.from(await backend.read(output))));
    } finally {
      tf.dispose(outputs);
    }
  };
  const expected: Float32Array[][] = [];
  const runTeacher = activations.pass(teacher, teacher.outputs, kept.length, true);
  for (const at of batches.keys()) expected.push(await read(runOn(runTeacher, at)));
  const known = new WeakMap<Network, number>();
  return {
    async errorOf(student, live, from) {
      const before = known.get(student);
      if (before !== undefined) return before;
      const tallies = teacher.outputs.map(createTally);
      const upTo = from && activations.pass(student, [from], kept.length, false);
      const run = activations.pass(student, student.outputs, kept.length, true);
      for (const [at, batch] of batches.entries()) {
        requireNotAborted(fusion.options.signal, student.name);
        if (upTo) tf.dispose(runOn(upTo, at, live));
        const actual = await read(runOn(run, at, live));
        for (const [index, tally] of tallies.entries())
          tally.add(expected[at]![index]!, actual[index]!, batch.length);
      }
      const error = tallies.reduce((sum, tally) => sum + tally.error().relativeMse / tallies.length, 0);
      known.set(student, error);
      return error;
    },
    startAt(from) {
      const run = ofTeacher.pass(teacher, [from], kept.length, false);
      for (const at of batches.keys()) tf.dispose(runOn(run, at));
      activations.dispose();
      activations = ofTeacher.fork();
    },
    dispose() {
      activations.dispose();
      ofTeacher.dispose();
    },
  };
}

async function probeSamples(fusion: ProbedFusion, seen: number): Promise<readonly ProbeSample[]> {
  const { tf, heldOut, backend, options } = fusion;
  const source = limitedSource(tf, fusion.source, seen, heldOut);
  const kept = createHeldOutRows<ProbeSample>();
  for await (const { inputs, samples, batch, heldOut: isHeldOut } of splitHeldOut(
    tf,
    source.batches(),
    heldOut,
  )) {
    try {
      requireNotAborted(options.signal, 'held-out samples');
      if (isHeldOut && kept.wants(batch, samples)) {
        const values = await Promise.all(
          inputs.map(async (input) => Float32Array.from(await backend.read(input))),
        );
        kept.add(samplesOf(batch, samples, inputs, values));
      }
    } finally {
      tf.dispose([...inputs]);
    }
  }
  return kept.samples;
}

function samplesOf(
  batch: number,
  samples: number,
  inputs: readonly Tensor[],
  values: readonly Float32Array[],
): ProbeSample[] {
  const shapes = inputs.map(({ shape }) => shape.slice(1));
  return Array.from({ length: samples }, (_, place) => ({
    batch,
    place,
    rows: 1,
    shapes,
    inputs: joined(
      values.map((all) => all.subarray((place * all.length) / samples, ((place + 1) * all.length) / samples)),
    ),
    targets: new Float32Array(0),
  }));
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let start = 0;
  for (const part of parts) {
    whole.set(part, start);
    start += part.length;
  }
  return whole;
}

/** Groups samples of equal shapes into batches. */
function batchesOf(samples: readonly ProbeSample[]): ProbeSample[][] {
  const byShapes = new Map<string, ProbeSample[]>();
  for (const sample of samples) {
    const key = JSON.stringify(sample.shapes);
    byShapes.set(key, [...(byShapes.get(key) ?? []), sample]);
  }
  return [...byShapes.values()].flatMap((alike) =>
    Array.from({ length: Math.ceil(alike.length / samplesAtOnce) }, (_, at) =>
      alike.slice(at * samplesAtOnce, (at + 1) * samplesAtOnce),
    ),
  );
}

function inputsOf(tf: Fusion['tf'], batch: readonly ProbeSample[]): Tensor[] {
  let start = 0;
  return batch[0]!.shapes.map((shape) => {
    const size = sizeOf(shape);
    const values = new Float32Array(batch.length * size);
    for (const [at, { inputs }] of batch.entries())
      values.set(inputs.subarray(start, start + size), at * size);
    start += size;
    return tf.tensor(values, [batch.length, ...shape]);
  });
}
