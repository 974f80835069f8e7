/** Samples, row-major. */
export interface Samples {
  /** [count, ...inputShape] */
  readonly inputs: Float32Array;
  /** The shape of one sample. */
  readonly inputShape: readonly number[];
  /** The class's index, or the value to predict: [count]. */
  readonly targets: Float32Array;
  readonly count: number;
}

/** The task of a data set. */
export type Task =
  | { readonly kind: 'classification'; readonly classes: readonly string[] }
  | { readonly kind: 'regression'; readonly target: string };

/** A data set, split and normalised. */
export interface Dataset {
  readonly task: Task;
  readonly train: Samples;
  readonly test: Samples;
  /** A description, in sentences for reports, of how it was split and normalised. */
  readonly preparation: string;
}

/** The origin of a data set, for people who have to download it. */
export interface Origin {
  readonly title: string;
  readonly address: string;
  readonly licence: string;
  /** Further advice on getting it; empty if there is none. */
  readonly hint: string;
}
