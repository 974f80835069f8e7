import { type BackendAdapter, FuseInitError } from '@fuseinit/core';
import { costOf, describe, findSpans, type LayersModel, type Tensor, type TensorFlow } from '@fuseinit/tfjs';
import { inputReadings } from '@fuseinit/tfjs/internal';
import type { OpenedModel, SampleSet } from '../protocol.js';
import { loadModelFiles } from './load-model-files.js';

export interface Data {
  readonly calibration: SampleSet;
  readonly test: SampleSet;
}

type ModelName = 'teacher' | 'student' | 'trained';

/** The state that the worker keeps between calls. */
export interface Workbench {
  backend: BackendAdapter<Tensor> | undefined;
  /** The teacher's files, from which it is loaded again if the GPU is lost. */
  files: readonly File[];
  data: Data | undefined;
  readonly models: Partial<Record<ModelName, LayersModel>>;
}

export function createWorkbench(): Workbench {
  return { backend: undefined, files: [], data: undefined, models: {} };
}

/**
 * Makes a model the teacher; what was made of the last one goes.
 *
 * @throws MODEL_UNSUPPORTED for files that are no LayersModel with one input.
 */
export async function openModel(
  tf: TensorFlow,
  bench: Workbench,
  files: readonly File[],
): Promise<OpenedModel> {
  const teacher = await loadModelFiles(tf, files);
  if (teacher.inputs.length !== 1) {
    const count = teacher.inputs.length;
    teacher.dispose();
    throw new FuseInitError(
      'MODEL_UNSUPPORTED',
      `The model has ${count} inputs: this page shows models with one. fuse() of @fuseinit/tfjs takes yours.`,
    );
  }
  const [reading] = await inputReadings(teacher);
  closeModels(bench, ['teacher', 'student', 'trained']);
  bench.models.teacher = teacher;
  bench.files = files;
  bench.data = undefined;
  return {
    description: describe(teacher),
    spans: findSpans(teacher),
    cost: costOf(teacher),
    inputShape: teacher.inputs[0]!.shape,
    reading: reading!,
  };
}

export function requireModel(bench: Workbench, name: ModelName): LayersModel {
  const model = bench.models[name];
  if (!model) throw new Error(`There is no ${name} yet.`);
  return model;
}

export function requireData(bench: Workbench): Data {
  if (!bench.data) throw new Error('There are no samples yet.');
  return bench.data;
}

export function closeModels(bench: Workbench, names: readonly ModelName[]): void {
  for (const name of names) {
    bench.models[name]?.dispose();
    delete bench.models[name];
  }
}
