/** How long the networks take to predict one batch; all times in seconds. */
export interface LatencyReport {
  /** What computed: `'wasm'`, `'webgl'`, ... */
  readonly backend: string;
  readonly batchSize: number;
  /** What the networks ran as: a LayersModel or a GraphModel; a LayersModel without it. */
  readonly format?: 'layers' | 'graph';
  readonly teacher: NetworkLatency;
  readonly student: NetworkLatency;
}

export interface NetworkLatency {
  /** The first prediction: shaders compiled, weights uploaded. */
  readonly first: number;
  readonly warm: WarmLatency;
}

/** Predictions after the first ones; `low` and `high` say how far they lie apart, such as the quartiles. */
export interface WarmLatency {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** Predictions measured. */
  readonly count: number;
}
