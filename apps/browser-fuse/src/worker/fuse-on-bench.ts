import { FuseInitError } from '@fuseinit/core';
import {
  createCheckpoint,
  type Fused,
  type FuseOptions,
  fuse,
  type LayersModel,
  type TensorFlow,
} from '@fuseinit/tfjs';
import type { BackendInfo } from '../protocol.js';
import { loadModelFiles } from './load-model-files.js';
import { startWorkerBackend } from './start-worker-backend.js';
import { requireModel, type Workbench } from './workbench.js';

/** Times that the GPU may go away in one fusion: more often, it is no accident. */
const losses = 3;

/** A fusion, and the backend that it ended on where that isn't the one it began on. */
export interface FusedOnBench extends Fused {
  readonly backend: BackendInfo | null;
}

/**
 * Fuses the teacher on the bench. Where the GPU goes away, the backend is started anew, the teacher loaded
 * from its files again, and the fusion goes on where it stopped.
 */
export async function fuseOnBench(
  tf: TensorFlow,
  bench: Workbench,
  options: Omit<FuseOptions, 'tf' | 'backend' | 'checkpoint'>,
): Promise<FusedOnBench> {
  const checkpoint = createCheckpoint();
  let anew: BackendInfo | null = null;
  for (let loss = 0; ; loss++) {
    try {
      bench.backend ??= (await startWorkerBackend(tf)).backend;
      const { student, report } = await fuse(requireModel(bench, 'teacher'), {
        ...options,
        tf,
        backend: bench.backend,
        checkpoint,
      });
      if (!anew) return { student, report, backend: null };
      return {
        student,
        report: { ...report, warnings: [...report.warnings, wentAway(anew)] },
        backend: anew,
      };
    } catch (error) {
      const isLost = FuseInitError.isInstance(error) && error.code === 'DEVICE_LOST';
      if (!isLost || loss === losses) throw error;
      anew = await startAnew(tf, bench);
    }
  }
}

function wentAway({ name }: BackendInfo): string {
  const then = name === 'webgl' ? 'and was started anew' : `and didn't come back: the rest ran on ${name}`;
  return `The GPU went away in the middle ${then}. The fusion went on from what was collected: nothing is missing from it, and nothing counted twice.`;
}

/** Models made on the lost device are gone with it, and not to be disposed on another. */
async function startAnew(tf: TensorFlow, bench: Workbench): Promise<BackendInfo> {
  const { backend, info } = await startWorkerBackend(tf);
  bench.backend = backend;
  const models: Partial<Record<string, LayersModel>> = bench.models;
  for (const name of Object.keys(models)) delete models[name];
  bench.models.teacher = await loadModelFiles(tf, bench.files);
  return info;
}
