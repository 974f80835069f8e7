import { FuseInitError } from '@fuseinit/core';
import { type LabelOptions, labelForm, matchLabels, sourceKind } from '@fuseinit/data-files';
import type { LayersModel } from '@fuseinit/tfjs';
import { type LabelTask, labelEvidence, labelTask, outputWidth } from '@fuseinit/tfjs/internal';
import type { Session } from '../program/run-command.js';
import { type DataFormatOptions, type LabelFormatOptions, labelOptionsOf } from './data-options.js';
import type { Samples } from './open-samples.js';

/** The options of `readLabels`. */
export interface LabelsAsked extends DataFormatOptions, LabelFormatOptions {
  /** Set if `--label-column` is a column of the data themselves. */
  readonly data: string;
  /** Whether the output is multi-label. Default: determined by the model's last layers. */
  readonly areIndependent?: boolean;
}

/** The labels of a model's first output. */
export interface SampleLabels {
  /** The labels [count, width] in row-major order. */
  readonly values: Int32Array | Float32Array;
  /** The number of labels of a sample; 1 for a class index. */
  readonly width: number;
  readonly task: LabelTask;
  /**
   * The threshold above which a single output means class 1, or an output of a multi-label model means that
   * the label applies, if it was given.
   */
  readonly threshold: number | undefined;
}

/**
 * Reads the labels of the samples for the given task, or for the one that the model and the file determine,
 * and prints how they were read and matched. Returns undefined if none were given.
 *
 * @throws SHAPE_MISMATCH unless there is one label for each sample of the file.
 * @throws DATA_FILE_MISSING, DATA_FILE_INVALID, ARGUMENT_INVALID as `matchLabels` does, for a label that is
 * no class too.
 * @throws ARGUMENT_INVALID if the labels would suit several tasks.
 */
export async function readLabels(
  model: LayersModel,
  samples: Samples,
  asked: LabelsAsked,
  { tell }: Pick<Session, 'tell'>,
): Promise<SampleLabels | undefined> {
  const path = asked.labels ?? (asked.labelColumn === undefined ? undefined : asked.data);
  if (path === undefined) return undefined;
  const outputs = outputWidth(model);
  const options: LabelOptions = {
    ...labelOptionsOf(asked, await sourceKind(path)),
    count: samples.fileCount,
    sampleNames: samples.sampleNames,
    outputs,
  };
  const told = await taskOf(model, path, options, asked);
  // Labels of one output count as numbers until all of them are known to be 0 or 1.
  const { values, description } = await matchLabels(
    path,
    told === 'classification'
      ? { ...options, task: told, classes: Math.max(2, outputs) }
      : { ...options, task: told ?? 'regression' },
  );
  const width = told === 'classification' ? 1 : outputs;
  if (values.length !== samples.fileCount * width) {
    throw new FuseInitError(
      'SHAPE_MISMATCH',
      `${path} has ${values.length / width} labels for ${samples.fileCount} samples: one for each was expected.`,
    );
  }
  const task = told ?? labelTask(model, labelEvidence(values, samples.fileCount), { advice });
  const { length } = model.outputs;
  const reading = [
    description,
    readAs(task, outputs),
    ...(length > 1 ? [`held against the first of ${length} outputs`] : []),
  ].join(', ');
  samples.read.labels = reading;
  tell(`Reads labels of ${reading}.`);
  const taken = values.slice(0, samples.count * width);
  for (const [place, index] of samples.indices.entries()) {
    taken.set(values.subarray(index * width, (index + 1) * width), place * width);
  }
  return { values: taken, width, task, threshold: asked.threshold };
}

function readAs(task: LabelTask, outputs: number): string {
  switch (task) {
    case 'classification':
      return `read as indices of ${Math.max(2, outputs)} classes`;
    case 'multiLabel':
      return `read as 0 or 1 for each of ${outputs} labels`;
    case 'regression':
      return `read as ${outputs === 1 ? 'numbers' : `${outputs} numbers each`}`;
  }
}

/** Returns the labels of some samples by their indices. */
export function labelsAt(
  { values, width }: Pick<SampleLabels, 'values' | 'width'>,
  places: readonly number[],
): Float32Array {
  const chosen = new Float32Array(places.length * width);
  for (const [to, place] of places.entries()) {
    chosen.set(values.subarray(place * width, (place + 1) * width), to * width);
  }
  return chosen;
}

const advice =
  'Say --task classes if labels are the indices of classes, --task multilabel if they are a 0 or 1 for each output, or --task regression if they are numbers that the outputs predict.';

const tasks: Readonly<Record<NonNullable<LabelFormatOptions['task']>, LabelTask>> = {
  classes: 'classification',
  multilabel: 'multiLabel',
  regression: 'regression',
};

/** Undefined for one number per sample, whose value may determine the task. */
async function taskOf(
  model: LayersModel,
  path: string,
  options: LabelOptions,
  { task, areIndependent }: LabelsAsked,
): Promise<LabelTask | undefined> {
  if (task !== undefined) return tasks[task];
  const areNames = options.classNames !== undefined || (await sourceKind(path)) === 'a folder of images';
  if (areNames) return 'classification';
  if (outputWidth(model) === 1) return undefined;
  const form = await labelForm(path, options);
  return labelTask(model, form, { advice, ...(areIndependent !== undefined && { areIndependent }) });
}
