import { FuseInitError, sizeOf } from '@fuseinit/core';
import type { ShapedArray } from '@fuseinit/tfjs';
import type { ReportBatch, ReportData } from '../create-report-options.js';

/** Some samples, an array for each input of the model. */
export interface SampleBatch {
  readonly inputs: readonly ShapedArray[];
  /** Place of the first one among all samples. */
  readonly start: number;
  readonly samples: number;
}

type Shape = readonly (number | null)[];

/**
 * Samples in batches of at most `batchSize`, checked.
 *
 * @param inputShapes What the model reads, batch first.
 * @throws ARGUMENT_INVALID for what is no array with its shape.
 * @throws SHAPE_MISMATCH for samples of another shape than the model reads.
 * @throws SAMPLES_TOO_FEW where there is none.
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
      'data is no { data, shape } with numbers and their shape, nor one for each input, nor an async iterable of these.',
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
      `data of shape [${shape}] came where the model reads [${asked.join(', ')}].`,
    );
  }
  if (data.length !== sizeOf(shape) || shape[0] !== first.shape[0]) {
    throw new FuseInitError(
      'SHAPE_MISMATCH',
      `${data.length} numbers came as data of shape [${shape}], beside an input of ${first.shape[0]} samples.`,
    );
  }
}

function rowsOf({ data, shape }: ShapedArray, first: number, samples: number): ShapedArray {
  const sample = sizeOf(shape.slice(1));
  const rows = new Float32Array(samples * sample);
  for (let index = 0; index < rows.length; index++) rows[index] = data[first * sample + index]!;
  return { data: rows, shape: [samples, ...shape.slice(1)] };
}
