import type { BackendAdapter } from '@fuseinit/core';
import type { Task } from '@fuseinit/datasets';
import type { Tensor, TensorFlow } from '@fuseinit/tfjs';
import type { Experiment } from '../experiment.js';
import type { RunKey } from '../results/result-line.js';
import type { TrialFile } from '../results/trial-file.js';
import type { LabelledTensors } from './labelled-tensors.js';

/** Samples by what they are for. */
export interface TrialData {
  readonly task: Task;
  readonly training: LabelledTensors;
  readonly validation: LabelledTensors;
  readonly test: LabelledTensors;
  /** Inputs alone. */
  readonly calibration: Tensor;
}

/** All that a trial works with. */
export interface TrialContext {
  readonly tf: TensorFlow;
  readonly backend: BackendAdapter<Tensor>;
  readonly experiment: Experiment;
  readonly purpose: RunKey['purpose'];
  readonly seed: number;
  readonly data: TrialData;
  readonly file: TrialFile;
  /** Folder of this trial's checkpoints. */
  readonly checkpoints: string;
  /** Told after each epoch: how many, and of what. */
  readonly onEpochs: (epochs: number, doing: string) => void;
}
