import { FuseInitError, uniformStream } from '@fuseinit/core';
import { type InputReading, inputReadings, type PixelRange } from './input-reading.js';
import { predictBatch } from './network/predict-batch.js';
import type { LayersModel, Tensor, TensorFlow } from './tensorflow.js';

/** Random inputs of a model, one tensor [batch, ...shape] for each of its inputs. */
export interface DrawnInputs {
  /** The length used wherever the model leaves one open; null if it leaves none open. */
  readonly length: number | null;
  /** Whether the model has a fixed batch size, which is then that of the tensors. */
  readonly isFixedBatch: boolean;
  readonly tensors: Tensor[];
}

/** The lengths to try where a model leaves them open. Most image networks halve theirs up to five times. */
const openLengths = [32, 47, 64, 96, 160, 224, 320];
const lengthsWanted = 2;
const batchSize = 4;

/**
 * Draws random inputs that a model can run on: pixels in the range that its first layers expect, whole
 * numbers for an Embedding, and numbers from -1 to 1 otherwise. A model with open lengths gets inputs of two
 * lengths, so that paddings and strides are exercised with more than one.
 *
 * @param lengths The lengths to try where a model leaves one open. The first two that the model runs on are
 *   used.
 * @returns The inputs. The caller disposes of their tensors.
 * @throws MODEL_UNSUPPORTED if TensorFlow.js can't run a model with open lengths at any of the lengths tried.
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
      // A model without open lengths isn't run yet, since its first run is timed.
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
 * Draws inputs of one length as {@link drawInputs} does, without running the model.
 *
 * @param length The length to use wherever the model leaves one open; null if it leaves none open.
 * @param samples The number of samples, unless the model has a fixed batch size.
 * @returns The inputs. The caller disposes of their tensors.
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
