import { FuseInitError } from '@fuseinit/core';
import { matchLabels, sourceKind } from '@fuseinit/data-files';
import type { LayersModel } from '@fuseinit/tfjs';
import type { Session } from '../program/run-command.js';
import { type DataFormatOptions, type LabelFormatOptions, labelOptionsOf } from './data-options.js';
import type { Samples } from './open-samples.js';

/** What `read-labels` is to read, and for which data. */
export interface LabelsAsked extends DataFormatOptions, LabelFormatOptions {
  /** Where `--label-column` is a column of the data themselves. */
  readonly data: string;
}

/**
 * Labels of samples: indices of the model's classes, or numbers where it has one output. Undefined where nobody gave any.
 * How they were matched with the samples is said.
 *
 * @throws SHAPE_MISMATCH unless there is one for each sample of the file.
 * @throws DATA_FILE_MISSING, DATA_FILE_INVALID, ARGUMENT_INVALID as `matchLabels` does, for a label that is no class too.
 */
export async function readLabels(
  model: LayersModel,
  samples: Samples,
  asked: LabelsAsked,
  { tell }: Pick<Session, 'tell'>,
): Promise<Int32Array | Float32Array | undefined> {
  const path = asked.labels ?? (asked.labelColumn === undefined ? undefined : asked.data);
  if (path === undefined) return undefined;
  const classes = model.outputs[0]!.shape.at(-1) ?? 1;
  const { values, description } = await matchLabels(path, {
    ...labelOptionsOf(asked, await sourceKind(path)),
    count: samples.fileCount,
    sampleNames: samples.sampleNames,
    ...(classes > 1 ? { task: 'classification', classes } : { task: 'regression' }),
  });
  if (values.length !== samples.fileCount) {
    throw new FuseInitError(
      'SHAPE_MISMATCH',
      `${path} has ${values.length} labels for ${samples.fileCount} samples: one for each was expected.`,
    );
  }
  samples.read.labels = description;
  tell(`Reads labels of ${description}.`);
  return values.subarray(0, samples.count);
}
