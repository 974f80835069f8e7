import { FuseInitError, sizeOf } from '@fuseinit/core';
import type { ShapedArray } from '@fuseinit/tfjs';
import type { ReportBatch, ReportData } from '../create-report-options.js';

/** A batch of samples: an array for each input of the model. */
export interface SampleBatch {
  readonly inputs: readonly ShapedArray[];
  /** The index of the first sample among all samples. */
  readonly start: number;
  readonly samples: number;
}

type Shape = readonly (number | null)[];

/**
 * Yields the samples in batches of at most `batchSize` after checking them.
 *
 * @param inputShapes The shapes of the model's inputs, with the batch axis first.
 * @throws ARGUMENT_INVALID if the data aren't arrays with their shapes.
 * @throws SHAPE_MISMATCH if the samples have another shape than the model reads.
 * @throws SAMPLES_TOO_FEW if there is no sample.
 */
export async function* sampleBatches(
  data: ReportData,
  inputShapes: readonly Shape[],
  batchSize: number,
): AsyncGenerator<SampleBatch> {
  let start = 0;
  for await (const batch of isIterable(data) ? data : [data]) {
    const inputs = checkedInputs(batch, inputShapes);
    const total = inputs[0]!.shape[0]!;
    for (let first = 0; first < total; first += batchSize) {
      const samples = Math.min(batchSize, total - first);
      yield { inputs: inputs.map((input) => rowsOf(input, first, samples)), start, samples };
      start += samples;
    }
  }
  if (start === 0) {
    throw new FuseInitError('SAMPLES_TOO_FEW', 'data holds no sample: at least one was expected.');
  }
}

function isIterable(data: ReportData): data is AsyncIterable<ReportBatch> {
  return typeof data === 'object' && data !== null && Symbol.asyncIterator in data;
}

function checkedInputs(batch: ReportBatch, inputShapes: readonly Shape[]): readonly ShapedArray[] {
  const inputs = (Array.isArray(batch) ? batch : [batch]) as readonly ShapedArray[];
  if (inputs.length !== inputShapes.length) {
    throw new FuseInitError(
      'SHAPE_MISMATCH',
      `data holds ${inputs.length} inputs; the model reads ${inputShapes.length}.`,
    );
  }
  for (const [index, input] of inputs.entries()) requireFits(input, inputShapes[index]!, inputs[0]!);
  return inputs;
}

function requireFits(input: ShapedArray, expected: Shape, first: ShapedArray): void {
  if (typeof input?.data?.length !== 'number' || !Array.isArray(input.shape)) {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      'data must be { data, shape } with numbers and their shape, an array of one for each input, or an async iterable of these.',
    );
  }
  const { data, shape } = input;
  const fits =
    shape.length === expected.length &&
    expected.every((length, axis) => axis === 0 || length === null || length === shape[axis]);
  if (!fits) {
    const asked = ['batch', ...expected.slice(1).map((length) => length ?? 'any')];
    throw new FuseInitError(
      'SHAPE_MISMATCH',
      `data has the shape [${shape}] where the model reads [${asked.join(', ')}].`,
    );
  }
  if (data.length !== sizeOf(shape) || shape[0] !== first.shape[0]) {
    throw new FuseInitError(
      'SHAPE_MISMATCH',
      `data holds ${data.length} numbers with the shape [${shape}], beside an input of ${first.shape[0]} samples.`,
    );
  }
}

function rowsOf({ data, shape }: ShapedArray, first: number, samples: number): ShapedArray {
  const sample = sizeOf(shape.slice(1));
  const rows = new Float32Array(samples * sample);
  for (let index = 0; index < rows.length; index++) rows[index] = data[first * sample + index]!;
  return { data: rows, shape: [samples, ...shape.slice(1)] };
}
