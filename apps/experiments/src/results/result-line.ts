/** What a network is measured by, on samples that it wasn't trained on. */
export interface Score {
  /** Share of right classes, or (regression) mean square error over the variance of the targets. */
  readonly score: number;
  readonly loss: number;
}

/** Which training run a line belongs to; no two runs share one. */
export interface RunKey {
  /** Seeds of `tuning` choose learning rates and count for nothing else. */
  readonly purpose: 'tuning' | 'trial';
  readonly seed: number;
  /** Fusions done: 0 is the teacher. */
  readonly stage: number;
  /** An arm's name, or `teacher` at stage 0. */
  readonly arm: string;
  readonly rate: number;
}

/** One start of the command: what later lines were computed by, until the next of these. */
export interface SessionLine {
  readonly type: 'session';
  readonly experiment: string;
  /** SHA-256 of the experiment's definition, hexadecimal: results of another definition aren't mixed in. */
  readonly definition: string;
  /** How the data were split and normalised. */
  readonly preparation: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly backend: string;
  readonly machine: { readonly cpu: string; readonly cores: number; readonly memoryGiB: number };
  readonly threads: number;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
}

/** A student as it was made: its cost, and each solved layer's error. */
export interface FusionLine {
  readonly type: 'fusion';
  readonly purpose: RunKey['purpose'];
  readonly seed: number;
  readonly stage: number;
  /** `independent`, `fused` or `refitted`. */
  readonly start: string;
  readonly heldOutRelativeMse: number | null;
  readonly ridge: number;
  readonly kernelSize: readonly number[] | null;
  readonly teacher: Cost;
  readonly student: Cost;
  readonly seconds: number;
}

export interface Cost {
  readonly depth: number;
  readonly parameters: number;
  readonly multiplyAdds: number;
}

/** One epoch of one run; epoch 0 is before any training. */
export interface EpochLine extends RunKey {
  readonly type: 'epoch';
  readonly epoch: number;
  /** Mean over the epoch's batches; null at epoch 0. */
  readonly trainingLoss: number | null;
  readonly validation: Score;
  readonly test: Score;
  /** Of the epoch, measuring included. */
  readonly seconds: number;
  /** ISO 8601, UTC. */
  readonly at: string;
}

export type ResultLine = SessionLine | FusionLine | EpochLine;
