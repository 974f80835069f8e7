import type { TensorFlow } from '../tensorflow.js';
import type { CalibrationSource, InputBatch } from './calibration-source.js';

/** A source that ends after so many samples. */
export function limitedSource(tf: TensorFlow, source: CalibrationSource, samples: number): CalibrationSource {
  return {
    ...source,
    totalSamples: source.totalSamples && Math.min(samples, source.totalSamples),
    async *batches() {
      let left = samples;
      for await (const batch of source.batches()) {
        const part = batch.samples <= left ? batch : firstOf(tf, batch, left);
        left -= part.samples;
        yield part;
        if (left === 0) return;
      }
    },
  };
}

/** The first samples of a batch, which is disposed. */
function firstOf(tf: TensorFlow, { inputs, indices }: InputBatch, samples: number): InputBatch {
  try {
    const first = inputs.map((input) =>
      input.slice(
        input.shape.map(() => 0),
        [samples, ...input.shape.slice(1)],
      ),
    );
    return { inputs: first, samples, indices: indices.subarray(0, samples) };
  } finally {
    tf.dispose([...inputs]);
  }
}
