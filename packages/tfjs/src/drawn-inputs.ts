import { FuseInitError, uniformStream } from '@fuseinit/core';
import { type InputReading, inputReadings, type PixelRange } from './input-reading.js';
import { predictBatch } from './network/predict-batch.js';
import type { LayersModel, Tensor, TensorFlow } from './tensorflow.js';

/** Inputs of a model that were drawn, one tensor [batch, ...shape] for each of its inputs. */
export interface DrawnInputs {
  /** What every length is that the model leaves open; null where it leaves none. */
  readonly length: number | null;
  /** Whether the model takes batches of this size alone. */
  readonly isFixedBatch: boolean;
  readonly tensors: Tensor[];
}

/** Lengths to try where a model leaves them open: most networks of images halve theirs up to five times. */
const openLengths = [32, 47, 64, 96, 160, 224, 320];
const lengthsWanted = 2;
const batchSize = 4;

/**
 * Draws inputs that a model can run on: pixels or numbers from -1 to 1, or what its first layers scale from;
 * whole numbers before an Embedding. A model of open lengths gets inputs of two lengths, so that padding and
 * strides meet more than one.
 *
 * @param lengths What to try where a model leaves a length open; the first two that it runs on are taken.
 * @returns The tensors are the caller's to dispose.
 * @throws MODEL_UNSUPPORTED where TensorFlow.js can't run a model of open lengths at any of those tried.
 */
export async function drawInputs(
  tf: TensorFlow,
  model: LayersModel,
  lengths: readonly number[] = openLengths,
): Promise<DrawnInputs[]> {
  const readings = await inputReadings(model);
  const isOpen = model.inputs.some(({ shape }) => shape.slice(1).includes(null));
  const drawn: DrawnInputs[] = [];
  let refusal: unknown;
  for (const length of isOpen ? lengths : [null]) {
    const inputs = drawnAs(tf, model, readings, length);
    try {
      // A model of known lengths isn't run yet: its first run is timed.
      if (length !== null) tf.tidy(() => void predictBatch(model, inputs.tensors));
      drawn.push(inputs);
    } catch (error) {
      tf.dispose(inputs.tensors);
      if (!FuseInitError.isInstance(error)) throw error;
      refusal = error;
    }
    if (drawn.length === lengthsWanted) break;
  }
  if (drawn.length === 0) throw refusal;
  return drawn;
}

/**
 * Draws inputs as {@link drawInputs} does, of one length, and doesn't run the model.
 *
 * @param length What every length is that the model leaves open; null where it leaves none.
 * @param samples How many, but for a model of a fixed batch.
 * @returns The tensors are the caller's to dispose.
 */
export async function drawInputsOf(
  tf: TensorFlow,
  model: LayersModel,
  length: number | null,
  samples = batchSize,
): Promise<DrawnInputs> {
  return drawnAs(tf, model, await inputReadings(model), length, samples);
}

function drawnAs(
  tf: TensorFlow,
  model: LayersModel,
  readings: readonly InputReading[],
  length: number | null,
  samples = batchSize,
): DrawnInputs {
  const fixed = model.inputs[0]!.shape[0] ?? null;
  const batch = fixed ?? samples;
  const tensors = model.inputs.map(({ shape, dtype }, index) => {
    const lengths = [batch, ...shape.slice(1).map((own) => own ?? length!)];
    const draw = drawer(readings[index]!, dtype, uniformStream(index));
    const size = lengths.reduce((product, own) => product * own, 1);
    return tf.tensor(Float32Array.from({ length: size }, draw), lengths, dtype);
  });
  return { length, isFixedBatch: fixed !== null, tensors };
}

const ranges: Readonly<Record<PixelRange, readonly [least: number, most: number]>> = {
  raw: [0, 255],
  unit: [0, 1],
  symmetric: [-1, 1],
};

function drawer(reading: InputReading, dtype: string, uniform: () => number): () => number {
  if (reading.kind === 'indices') return () => Math.floor(uniform() * reading.count);
  if (dtype !== 'float32') return () => Math.floor(2 * uniform());
  const [least, most] = ranges[reading.kind === 'scaled' ? reading.range : 'symmetric'];
  return () => least + uniform() * (most - least);
}
