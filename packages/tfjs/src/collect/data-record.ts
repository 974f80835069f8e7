import { type BackendAdapter, uniformStream } from '@fuseinit/core';
import type { CalibrationSource, InputBatch } from '../calibration/calibration-source.js';
import type { Tensor, TensorFlow } from '../tensorflow.js';
import { contentHash, hashText } from './content-hash.js';
import { areAlike, inputValues, mergeInputValues, valuesInWords } from './input-record.js';
import type { DataRecord, InputValues } from './statistics.js';

type Read = BackendAdapter<Tensor>['read'];

/** The number of samples whose content is compared. */
const mostHashed = 64;

/**
 * Identifies the data that statistics are collected from, at the cost of reading a few samples: those drawn
 * from the whole data by a fixed seed or, of a stream, those of its first batch.
 *
 * @param source The samples of all parts of the data.
 */
export async function dataRecord(tf: TensorFlow, read: Read, source: CalibrationSource): Promise<DataRecord> {
  const { indexed } = source;
  const shapes: (readonly number[])[] = [];
  const hashes: string[] = [];
  let values: readonly InputValues[] = [];
  for await (const batch of indexed ? indexed.read([drawnFrom(indexed.indices)]) : firstBatch(source)) {
    try {
      if (shapes.length === 0) shapes.push(...batch.inputs.map(({ shape }) => shape.slice(1)));
      values = mergeInputValues(values, await inputValues(tf, read, batch.inputs));
      hashes.push(...(await sampleHashes(read, batch)));
    } finally {
      tf.dispose([...batch.inputs]);
    }
  }
  return {
    samples: indexed?.indices.length ?? null,
    indices: indexed ? hashText(contentHash(indexed.indices)) : null,
    shapes,
    hashes,
    values,
  };
}

/** One index from each of as many stretches of equal length, drawn by a fixed seed; all if there are few. */
function drawnFrom(indices: Uint32Array): Uint32Array {
  const count = Math.min(mostHashed, indices.length);
  const uniform = uniformStream(0);
  return Uint32Array.from({ length: count }, (_, stretch) => {
    return indices[Math.floor(((stretch + uniform()) * indices.length) / count)]!;
  });
}

async function* firstBatch(source: CalibrationSource): AsyncGenerator<InputBatch> {
  for await (const batch of source.batches()) {
    yield batch;
    return;
  }
}

/** The hash of each sample's values in all inputs. */
async function sampleHashes(read: Read, { inputs, samples }: InputBatch): Promise<string[]> {
  const hashes = new Array<number | undefined>(samples).fill(undefined);
  for (const input of inputs) {
    const data = Float32Array.from(await read(input));
    const size = data.length / samples;
    for (const [at, before] of hashes.entries()) {
      hashes[at] = contentHash(data.subarray(at * size, (at + 1) * size), before);
    }
  }
  return hashes.map((hash) => hashText(hash!));
}

/** Describes how the data of two records differ; undefined if they are the same, as far as can be told. */
export function dataDifference(first: DataRecord, second: DataRecord): string | undefined {
  const shapesOf = ({ shapes }: DataRecord) => shapes.map((shape) => `[${shape.join(', ')}]`).join(' and ');
  if (shapesOf(first) !== shapesOf(second)) {
    return `samples of ${shapesOf(first)}, and samples of ${shapesOf(second)}`;
  }
  if (first.samples !== second.samples) {
    const count = ({ samples }: DataRecord) => (samples === null ? 'a stream' : `${samples} samples`);
    return `${count(first)}, and ${count(second)}`;
  }
  if (first.indices !== second.indices) {
    return `other ${first.samples} samples of their data, which were chosen by another seed or from another number of samples`;
  }
  const compared = Math.max(first.hashes.length, second.hashes.length);
  const differing = Array.from({ length: compared }, (_, at) => at).filter(
    (at) => first.hashes[at] !== second.hashes[at],
  );
  if (differing.length === 0) return undefined;
  const scaled = first.values.findIndex((values, index) => !areAlike(values, second.values[index]!));
  if (scaled >= 0) {
    const [one, other] = [first, second].map(({ values }) => valuesInWords(values[scaled]!));
    return `values of ${one}, and values of ${other}`;
  }
  return `other samples, or the same in another order or with other values: ${differing.length} of ${compared} that were compared differ`;
}
