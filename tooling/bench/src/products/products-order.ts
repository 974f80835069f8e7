/** The contenders: the native library or WebAssembly. */
export const contenders = ['device', 'linalg'] as const;

export type Contender = (typeof contenders)[number];

/** A span of the demo's teacher, or of a teacher with more filters. */
export interface ProductsOrder {
  readonly from: string;
  readonly to: string;
  /** The factor of the demo's filters. */
  readonly width: number;
  readonly samples: number;
  readonly repeats: number;
}

/** The times measured in one process, in seconds. */
export interface ProductsAnswer {
  readonly computesOn: string;
  readonly linalg: string;
  readonly patchSize: number;
  readonly seconds: Readonly<Record<Contender, readonly number[]>>;
}
