/** How long the networks take to predict one batch; all times in seconds. */
export interface LatencyReport {
  /** What computed: `'wasm'`, `'webgl'`, ... */
  readonly backend: string;
  readonly batchSize: number;
  /** What the networks ran as: a LayersModel or a GraphModel; a LayersModel without it. */
  readonly format?: 'layers' | 'graph';
  readonly teacher: NetworkLatency;
  readonly student: NetworkLatency;
  /**
   * The student's median over the teacher's, and an interval that it lies in with at least 95 %, measured in
   * turns. Without it the spreads of both tell.
   */
  readonly ratio?: LatencyRatio;
}

export interface LatencyRatio {
  readonly median: number;
  readonly low: number;
  readonly high: number;
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
