import { backendTolerance, checkBackend } from '@fuseinit/core/testing';
import { type FusedGoldenResult, fuseGoldenCase, type GoldenCase } from '@fuseinit/golden';
import { repairKernels } from '@fuseinit/tfjs';
import { tensorsOf } from '@fuseinit/tfjs/testing';
import { mainJob, type TaskDevice } from './main-job.js';
import { type LayerSweep, type SettingSelection, sweepLayers } from './sweep/layer-sweep.js';

/** The largest error of any moment in the conformance suite, and the allowed error. */
export interface Conformance {
  readonly floatPrecision: 16 | 32 | 64;
  readonly relativeError: number;
  readonly tolerance: number;
}

/** The tasks that run on a backend, in Node or in a page; inputs and results are JSON. */
export const tasks = {
  conformance: async ({ tf, backend }: TaskDevice): Promise<Conformance> => {
    const checks = await checkBackend(backend, tensorsOf(tf));
    return {
      floatPrecision: backend.floatPrecision,
      relativeError: Math.max(...checks.map(({ relativeError }) => relativeError)),
      tolerance: backendTolerance[backend.floatPrecision],
    };
  },
  golden: ({ tf, backend }: TaskDevice, golden: GoldenCase): Promise<FusedGoldenResult> =>
    fuseGoldenCase(tf, backend, golden),
  /** Sweeps the layers with the kernels as TensorFlow.js has them; afterwards the kernels are repaired. */
  layers: ({ tf, backend }: TaskDevice, select: SettingSelection): Promise<LayerSweep> =>
    sweepLayers(tf, backend, select),
  repair: async ({ tf }: TaskDevice): Promise<string[]> => repairKernels(tf),
  mainJob,
} as const;

export type TaskName = keyof typeof tasks;
export type TaskInput<Name extends TaskName> = Parameters<(typeof tasks)[Name]>[1];
export type TaskResult<Name extends TaskName> = Awaited<ReturnType<(typeof tasks)[Name]>>;
