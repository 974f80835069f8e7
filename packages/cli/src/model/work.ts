import { type Device, startBackend } from '@fuseinit/node-backends';
import type { LayersModel, Tensor } from '@fuseinit/tfjs';
import type { DrawnInputs } from '@fuseinit/tfjs/internal';
import type { DataFormatOptions, LabelFormatOptions } from '../data/data-options.js';
import { heldOutSamples } from '../data/held-out-samples.js';
import { openSamples, type Samples } from '../data/open-samples.js';
import { readLabels, type SampleLabels } from '../data/read-labels.js';
import type { BackendOptions, SizeOptions } from '../program/common-options.js';
import type { Session } from '../program/run-command.js';
import { openTeacher, type SimplifyingOptions, type Teacher } from './teacher.js';

/** What layers of a teacher are fused with: its samples, their labels if there are any, and what computes. */
export interface Work {
  readonly device: Device;
  readonly teacher: Teacher;
  readonly samples: Samples;
  readonly labels: SampleLabels | undefined;
  readonly batchSize: number | undefined;
  readonly session: Session;
}

export interface WorkOptions
  extends BackendOptions,
    SizeOptions,
    DataFormatOptions,
    LabelFormatOptions,
    SimplifyingOptions {
  readonly data: string;
  readonly heldOut?: number | undefined;
  readonly samples?: number | 'auto';
}

/**
 * Opens a teacher and its samples for as long as something is done with them.
 *
 * @param warn Told of layers of the teacher that TensorFlow.js computes wrongly elsewhere.
 * @throws as `openTeacher`, `openSamples` and `readLabels` do.
 */
export async function withWork<Result>(
  path: string,
  options: WorkOptions,
  session: Session,
  warn: Session['warn'],
  use: (work: Work) => Promise<Result>,
): Promise<Result> {
  const device = await startBackend(options.backend, session.warn);
  const teacher = await openTeacher(device.tf, path, options, warn);
  const { heldOut, ...others } = options;
  const samples = await openSamples(
    teacher.given,
    options.data,
    { ...others, ...(heldOut !== undefined && { heldOut }) },
    session,
  );
  try {
    const labels = await readLabels(teacher.given, samples, options, session);
    return await use({ device, teacher, samples, labels, batchSize: options.batchSize, session });
  } finally {
    await samples.close();
  }
}

/** Samples that outputs of two models are compared on. */
const mostCompared = 32;

/**
 * Some samples that nothing is solved on, as inputs of the model.
 *
 * @returns The tensors are the caller's to dispose.
 */
export async function comparedInputs(
  { device: { tf } }: Pick<Work, 'device'>,
  model: LayersModel,
  samples: Samples,
  signal: AbortSignal,
): Promise<DrawnInputs> {
  const batch = model.inputs[0]!.shape[0] ?? null;
  const size = batch ?? mostCompared;
  for await (const { data, shape } of heldOutSamples(samples, size, signal).batches) {
    const tensors: Tensor[] = [tf.tensor(data, [...shape], model.inputs[0]!.dtype)];
    return { length: null, isFixedBatch: batch !== null, tensors };
  }
  throw new Error('No sample is there to compare on.');
}
