import type { OptionNaming, SourceOptions } from '../source-options.js';

export interface LabelOptions
  extends Pick<
      SourceOptions,
      'array' | 'labelColumn' | 'header' | 'separator' | 'decimal' | 'order' | 'skipUnreadable'
    >,
    OptionNaming {
  /**
   * What the labels are: 'classification', without it, for indices of classes; 'multiLabel' for a 0 or 1 of
   * each label; 'regression' for any numbers.
   */
  readonly task?: 'classification' | 'multiLabel' | 'regression';
  /** How many classes there are: labels from there on are refused. */
  readonly classes?: number;
  /**
   * Names of the classes by their indices, where labels or folders are names; sorted names of folders without
   * it.
   */
  readonly classNames?: readonly string[];
  /** For several labels and for regression: how many numbers each sample has; 1 without it. */
  readonly outputs?: number;
  /**
   * Paths of the images that the labels are for, `sampleNames` of a `DataFile`: labels are matched by them.
   */
  readonly sampleNames?: readonly string[] | undefined;
  /**
   * The column of a table that holds paths of images, by name or by position from 0; without it, the one that
   * does.
   */
  readonly fileColumn?: string | number;
  /** How many samples the labels are for, which tells whether the first line of a table is one of them. */
  readonly count?: number;
}

/** Labels in the order of the samples that they are for. */
export interface Labels {
  /** [count] class indices, or [count, outputs] numbers. */
  readonly values: Int32Array | Float32Array;
  /** In words: what they are, and how they were matched with the samples. */
  readonly description: string;
}

/** What labels are as their file has them. */
export interface LabelForm {
  /** How many a sample has. */
  readonly numbers: number;
  /** Whether they are names of classes, or one number of an integer type. */
  readonly areIndices: boolean;
  /** Whether all are 0 or 1. */
  readonly areBinary: boolean;
  /** Whether every row is a single 1 among zeros. */
  readonly areOneHot: boolean;
}
