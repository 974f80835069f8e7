import { teacherFingerprint } from '../collect/teacher-fingerprint.js';
import type { LayersModel } from '../tensorflow.js';
import type { Fusion } from './fusion.js';
import type { Step } from './plan-steps.js';

/**
 * Describes the fusion that a checkpoint belongs to. Calls with equal texts collect equal data, provided that
 * the calibration data come in the same order.
 */
export async function planText(
  teacher: LayersModel,
  { source, backend, options, passes, heldOut }: Fusion,
): Promise<string> {
  const { ridge, standardize, channelCoupling, propagate, refit, refitFrozen, batchSize, samples } = options;
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
    teacher: await teacherFingerprint(teacher, (tensor) => backend.read(tensor)),
  });
}

function textOf({ stage, nodes, lowered }: Step): unknown {
  return [stage, nodes.map(({ name }) => name), lowered.fused.geometry];
}
