import { FuseInitError } from '@fuseinit/core';
import {
  createCheckpoint,
  type Fused,
  type FuseOptions,
  fuse,
  type LayersModel,
  type TensorFlow,
} from '@fuseinit/tfjs';
import { loadModelFiles } from './load-model-files.js';
import { startBackend } from './start-backend.js';
import { requireModel, type Workbench } from './workbench.js';

/** Times that the GPU may go away in one fusion: more often, it is no accident. */
const losses = 3;

/**
 * Fuses the teacher on the bench. Where the GPU goes away, the backend is started anew, the teacher loaded from its files
 * again, and the fusion goes on where it stopped.
 */
export async function fuseOnBench(
  tf: TensorFlow,
  bench: Workbench,
  options: Omit<FuseOptions, 'tf' | 'backend' | 'checkpoint'>,
): Promise<Fused> {
  const checkpoint = createCheckpoint();
  for (let loss = 0; ; loss++) {
    try {
      const backend = bench.backend ?? (await startBackend(tf)).backend;
      const { student, report } = await fuse(requireModel(bench, 'teacher'), {
        ...options,
        tf,
        backend,
        checkpoint,
      });
      return { student, report: loss === 0 ? report : { ...report, warnings: [...report.warnings, anew] } };
    } catch (error) {
      const isLost = FuseInitError.isInstance(error) && error.code === 'DEVICE_LOST';
      if (!isLost || loss === losses) throw error;
      await startAnew(tf, bench);
    }
  }
}

const anew =
  'The GPU went away in the middle and was started anew. The fusion went on from what was collected: nothing is missing from it, and nothing counted twice.';

/** Models made on the lost device are gone with it, and not to be disposed on another. */
async function startAnew(tf: TensorFlow, bench: Workbench): Promise<void> {
  bench.backend = (await startBackend(tf)).backend;
  const models: Partial<Record<string, LayersModel>> = bench.models;
  for (const name of Object.keys(models)) delete models[name];
  bench.models.teacher = await loadModelFiles(tf, bench.files);
}
