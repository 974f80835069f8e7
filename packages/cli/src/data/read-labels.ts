import { FuseInitError } from '@fuseinit/core';
import { openLabels } from '@fuseinit/data-files';
import type { LayersModel } from '@fuseinit/tfjs';
import { type DataFormatOptions, type LabelFormatOptions, labelOptionsOf } from './data-options.js';
import type { Samples } from './open-samples.js';

/** What `read-labels` is to read, and for which data. */
export interface LabelsAsked extends DataFormatOptions, LabelFormatOptions {
  /** Where `--label-column` is a column of the data themselves. */
  readonly data: string;
}

/**
 * Labels of samples: indices of the model's classes, or numbers where it has one output. Undefined where nobody gave any.
 *
 * @throws SHAPE_MISMATCH unless there is one for each sample of the file.
 * @throws DATA_FILE_MISSING, DATA_FILE_INVALID, ARGUMENT_INVALID as `openLabels` does, for a label that is no class too.
 */
export async function readLabels(
  model: LayersModel,
  samples: Samples,
  asked: LabelsAsked,
): Promise<Int32Array | Float32Array | undefined> {
  const path = asked.labels ?? (asked.labelColumn === undefined ? undefined : asked.data);
  if (path === undefined) return undefined;
  const classes = model.outputs[0]!.shape.at(-1) ?? 1;
  const options = labelOptionsOf(asked);
  const labels =
    classes > 1
      ? await openLabels(path, { ...options, task: 'classification', classes })
      : await openLabels(path, { ...options, task: 'regression' });
  if (labels.length !== samples.fileCount) {
    throw new FuseInitError(
      'SHAPE_MISMATCH',
      `${path} has ${labels.length} labels for ${samples.fileCount} samples: one for each was expected.`,
    );
  }
  return labels.subarray(0, samples.count);
}
