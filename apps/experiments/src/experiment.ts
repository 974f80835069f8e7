import type { DatasetName } from '@fuseinit/datasets';
import type { ArmName } from './arm.js';

/** A layer of tfjs-layers as a file would hold it. */
export interface LayerSpec {
  readonly className: string;
  readonly config: Readonly<Record<string, unknown>> & { readonly name: string };
}

/**
 * How weights are drawn: kernels from N(0, 0.05²), or N(0, 2 / inputs) cut at two deviations (He). Biases are
 * 0.
 */
export type Initialization = 'normal-0.05' | 'he';

/** One fusion of a chain, of the layers that the network has by then. A fused layer is named `from_to`. */
export interface Fusion {
  readonly from: string;
  readonly to: string;
  /** Default the whole receptive field. */
  readonly kernelSize?: number;
}

/** A comparison of arms, as data: all that `run` needs to know. */
export interface Experiment {
  readonly name: string;
  /** A line for lists and captions. */
  readonly title: string;
  /** What of the paper's protocol or of the data was cut, in a sentence; empty where nothing was. */
  readonly cuts: string;
  readonly data: DatasetName | 'fashion-mnist-sample';
  readonly samples: {
    /** Trained on, the first of the training set in an order that one seed decides. */
    readonly training: number;
    /** What learning rates are chosen on: the training samples after those. */
    readonly validation: number;
    /** What is reported: the first of the test set in an order that one seed decides. */
    readonly test: number;
    /** Of the training samples, without their labels: what fusion solves on. */
    readonly calibration: number;
  };
  readonly teacher: readonly LayerSpec[];
  readonly initialization: Initialization;
  /** In turn, with training between: each stage's teacher is the trained `carriesOn` of the one before. */
  readonly fusions: readonly Fusion[];
  readonly carriesOn: ArmName;
  readonly arms: readonly ArmName[];
  readonly optimizer: 'adam' | 'rmsprop';
  /** Tried for each arm of each stage; the best on validation samples is the arm's. */
  readonly rates: readonly number[];
  /** The share of the rate that applies from a share of the epochs on. */
  readonly schedule: readonly { readonly from: number; readonly factor: number }[];
  readonly batchSize: number;
  readonly epochs: { readonly teacher: number; readonly student: number };
  readonly seeds: { readonly tuning: readonly number[]; readonly trials: readonly number[] };
}
