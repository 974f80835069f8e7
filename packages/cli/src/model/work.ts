import type { LayersModel, Tensor } from '@fuseinit/tfjs';
import type { DrawnInputs } from '@fuseinit/tfjs/internal';
import type { DataFormatOptions, LabelFormatOptions } from '../data/data-options.js';
import { heldOutSamples, openSamples, type Samples } from '../data/open-samples.js';
import { readLabels, type SampleLabels } from '../data/read-labels.js';
import type { BackendOptions, SizeOptions } from '../program/common-options.js';
import type { Session } from '../program/run-command.js';
import { openDevice, type PluggedDevice } from './open-device.js';
import { openTeacher, type SimplifyingOptions, type Teacher } from './teacher.js';

/**
 * The inputs of a command that fuses layers: the teacher, its samples, their labels if there are any, and the
 * backend.
 */
export interface Work {
  readonly device: PluggedDevice;
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
 * Opens a teacher and its samples while `use` runs.
 *
 * @param warn Is called for layers of the teacher that TensorFlow.js computes wrongly on other backends.
 * @throws like `openTeacher`, `openSamples` and `readLabels`.
 */
export async function withWork<Result>(
  path: string,
  options: WorkOptions,
  session: Session,
  warn: Session['warn'],
  use: (work: Work) => Promise<Result>,
): Promise<Result> {
  const device = await openDevice(options, session.warn);
  const teacher = await openTeacher(device, path, options, warn);
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

/** The most samples that the outputs of two models are compared on. */
const mostCompared = 32;

/**
 * Returns some held-out samples as inputs of the model.
 *
 * @returns The inputs. The caller disposes the tensors.
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
