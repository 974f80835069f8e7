import type { OptionNaming, SourceOptions } from '../source-options.js';

/** Options of `openLabels` and `matchLabels`. */
export interface LabelOptions
  extends Pick<
      SourceOptions,
      'array' | 'labelColumn' | 'header' | 'separator' | 'decimal' | 'order' | 'skipUnreadable'
    >,
    OptionNaming {
  /**
   * The task of the labels: 'classification' (the default) for class indices, 'multiLabel' for a 0 or 1 for
   * each label, 'regression' for any numbers.
   */
  readonly task?: 'classification' | 'multiLabel' | 'regression';
  /** The number of classes: labels that aren't below it are refused. */
  readonly classes?: number;
  /**
   * The names of the classes by their indices, for labels or folders that are names. Default the sorted names
   * of the folders.
   */
  readonly classNames?: readonly string[];
  /** The number of labels of each sample, for multi-label data and regression. Default 1. */
  readonly outputs?: number;
  /**
   * The paths of the images that the labels belong to, `sampleNames` of a `DataFile`; labels are matched by
   * them.
   */
  readonly sampleNames?: readonly string[] | undefined;
  /**
   * The column of a table with the paths of images, by name or by position from 0. Default the column that
   * contains them.
   */
  readonly fileColumn?: string | number;
  /** The number of samples, which shows whether the first line of a table is one of them. */
  readonly count?: number;
}

/** Labels in the order of the samples that they are for. */
export interface Labels {
  /** Class indices [count], or numbers [count, outputs]. */
  readonly values: Int32Array | Float32Array;
  /** Describes the labels and how they were matched with the samples. */
  readonly description: string;
}

/** The form of the labels in their file. */
export interface LabelForm {
  /** The number of labels of a sample. */
  readonly numbers: number;
  /** Whether they are names of classes, or one number of an integer type. */
  readonly areIndices: boolean;
  /** Whether all are 0 or 1. */
  readonly areBinary: boolean;
  /** Whether every row is a single 1 among zeros. */
  readonly areOneHot: boolean;
}
