import type { BackendName } from '@fuseinit/node-backends';
import type { Experiment } from '../experiment.js';
import type { RunKey } from '../results/result-line.js';

/** What a process is asked to run: one seed of an experiment. */
export interface TrialOrder {
  readonly experiment: Experiment;
  readonly purpose: RunKey['purpose'];
  readonly seed: number;
  readonly backend: BackendName;
  readonly threads: number;
  /** Root of the data sets. */
  readonly data: string;
  /** File of this trial's lines. */
  readonly file: string;
  /** Folder of this trial's checkpoints. */
  readonly checkpoints: string;
  /** Of each stage and arm, the rates to train at. */
  readonly rates: readonly {
    readonly stage: number;
    readonly arm: string;
    readonly rates: readonly number[];
  }[];
}

/** What it tells on its way. */
export type TrialMessage =
  | { readonly epochs: number; readonly doing: string }
  | { readonly failed: string }
  | { readonly done: true };
