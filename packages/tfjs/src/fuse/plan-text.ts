import { dataRecord } from '../collect/data-record.js';
import { teacherFingerprint } from '../collect/teacher-fingerprint.js';
import type { LayersModel, Tensor } from '../tensorflow.js';
import type { Fusion } from './fusion.js';
import type { Step } from './plan-steps.js';

/** Describes the fusion that a checkpoint belongs to. Calls with equal texts collect equal data. */
export async function planText(
  teacher: LayersModel,
  { tf, source, backend, options, passes, heldOut }: Fusion,
): Promise<string> {
  const { ridge, standardize, channelCoupling, propagate, refit, refitFrozen, batchSize, samples } = options;
  const read = (tensor: Tensor) => backend.read(tensor);
  return JSON.stringify({
    passes: passes.map(({ steps, given }) => [given !== undefined, steps.map(textOf)]),
    options: {
      ridge,
      standardize,
      channelCoupling,
      propagate,
      refit,
      refitFrozen,
      heldOut,
      batchSize,
      samples,
    },
    samples: source.totalSamples,
    data: await dataRecord(tf, read, source),
    teacher: await teacherFingerprint(teacher, read),
  });
}

function textOf({ stage, nodes, lowered }: Step): unknown {
  return [stage, nodes.map(({ name }) => name), lowered.fused.geometry];
}
