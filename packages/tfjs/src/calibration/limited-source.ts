import type { TensorFlow } from '../tensorflow.js';
import type { CalibrationSource, InputBatch } from './calibration-source.js';
import type { HeldOutRule } from './held-out.js';
import { sampleOrder } from './sample-order.js';

/**
 * Limits a source to a number of samples. If the source is indexed, they are drawn from the whole data by the
 * rule's seed and read in the order of the data; otherwise they are the first ones.
 */
export function limitedSource(
  tf: TensorFlow,
  source: CalibrationSource,
  samples: number,
  rule: HeldOutRule,
): CalibrationSource {
  const { indexed } = source;
  if (!indexed) return firstSamples(tf, source, samples);
  if (samples >= indexed.indices.length) return source;
  const indices = sampleOrder(indexed.indices, rule).slice(0, samples).sort();
  return {
    ...source,
    totalSamples: samples,
    indexed: { ...indexed, indices },
    batches: () => indexed.read([indices]),
  };
}

/**
 * The number of samples that are used if the `samples` option is as given; undefined if it isn't known in
 * advance.
 */
export function samplesTaken(
  { totalSamples }: Pick<CalibrationSource, 'totalSamples'>,
  samples: number | 'auto' | undefined,
): number | undefined {
  if (samples === undefined || samples === 'auto') return totalSamples;
  return Math.min(samples, totalSamples ?? samples);
}

/**
 * Rearranges a source into rounds, each drawn from the whole data. The second round has as many samples as
 * the first, and each later one twice as many as the one before, so that even sorted data look alike in every
 * round. A stream is left as it is.
 */
export function sourceInRounds(
  source: CalibrationSource,
  firstRound: number,
  rule: HeldOutRule,
): CalibrationSource {
  const { indexed } = source;
  if (!indexed) return source;
  const order = sampleOrder(indexed.indices, rule);
  const rounds: Uint32Array[] = [];
  for (let start = 0, end = firstRound; start < order.length; start = end, end *= 2)
    rounds.push(order.slice(start, end).sort());
  return { ...source, batches: () => indexed.read(rounds) };
}

function firstSamples(tf: TensorFlow, source: CalibrationSource, samples: number): CalibrationSource {
  return {
    ...source,
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

/** The first samples of a batch. The batch is disposed. */
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
