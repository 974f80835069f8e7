/** Which multiplies: the native library or WebAssembly. */
export const contenders = ['device', 'linalg'] as const;

export type Contender = (typeof contenders)[number];

/** A span of the demo's teacher, or of one with more filters. */
export interface ProductsOrder {
  readonly from: string;
  readonly to: string;
  /** Times the demo's filters. */
  readonly width: number;
  readonly samples: number;
  readonly repeats: number;
}

/** What was seen in one process, seconds. */
export interface ProductsAnswer {
  readonly computesOn: string;
  readonly linalg: string;
  readonly patchSize: number;
  readonly seconds: Readonly<Record<Contender, readonly number[]>>;
}
