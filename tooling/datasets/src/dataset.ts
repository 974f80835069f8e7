/** Samples, row-major. */
export interface Samples {
  /** [count, ...inputShape] */
  readonly inputs: Float32Array;
  /** Of one sample. */
  readonly inputShape: readonly number[];
  /** The class's index, or the value to predict: [count]. */
  readonly targets: Float32Array;
  readonly count: number;
}

/** What a set asks of a network. */
export type Task =
  | { readonly kind: 'classification'; readonly classes: readonly string[] }
  | { readonly kind: 'regression'; readonly target: string };

/** A data set, split and normalised. */
export interface Dataset {
  readonly task: Task;
  readonly train: Samples;
  readonly test: Samples;
  /** How it was split and normalised, in sentences for reports. */
  readonly preparation: string;
}

/** Where a set comes from, for people who have to get it. */
export interface Origin {
  readonly title: string;
  readonly address: string;
  readonly licence: string;
  /** What else to know to get it; empty where nothing is. */
  readonly hint: string;
}
