import { createHash } from 'node:crypto';
import type { DatasetName } from '@fuseinit/datasets';

/** A layer of tfjs-layers in the form of a model file. */
export interface LayerSpec {
  readonly className: string;
  readonly config: Readonly<Record<string, unknown>> & { readonly name: string };
}

/**
 * The distribution of initial weights: kernels from N(0, 0.05²), or from N(0, 2 / inputs) truncated at two
 * deviations (He). Biases are 0.
 */
export type Initialization = 'normal-0.05' | 'he';

/** One fusion of a chain, naming layers of the network as it is then. A fused layer is named `from_to`. */
export interface Fusion {
  readonly from: string;
  readonly to: string;
  /** The kernel size. Default the whole receptive field. */
  readonly kernelSize?: number;
}

/** A comparison of arms as data: all that `run` needs to know. */
export interface Experiment {
  readonly name: string;
  /** A one-line title for lists and captions. */
  readonly title: string;
  /** Says in a sentence how the paper's protocol or the data were shortened; empty if they weren't. */
  readonly cuts: string;
  readonly data: DatasetName | 'fashion-mnist-sample';
  readonly samples: {
    /** The number of training samples: the first of the training set in an order given by a seed. */
    readonly training: number;
    /** The number of samples that learning rates are chosen on: the training samples after those. */
    readonly validation: number;
    /** The number of test samples: the first of the test set in an order given by a seed. */
    readonly test: number;
    /** The number of training samples that fusion is solved on, without their labels. */
    readonly calibration: number;
  };
  readonly teacher: readonly LayerSpec[];
  readonly initialization: Initialization;
  /**
   * The fusions, with training in between: each stage's teacher is the trained `carriesOn` arm of the stage
   * before.
   */
  readonly fusions: readonly Fusion[];
  readonly carriesOn: ArmName;
  readonly arms: readonly ArmName[];
  readonly optimizer: 'adam' | 'rmsprop';
  /** The learning rates that are tried for each arm of each stage; the best on validation samples is used. */
  readonly rates: readonly number[];
  /** Factors of the learning rate, each applied from a share of the epochs on. */
  readonly schedule: readonly { readonly from: number; readonly factor: number }[];
  readonly batchSize: number;
  readonly epochs: { readonly teacher: number; readonly student: number };
  readonly seeds: { readonly tuning: readonly number[]; readonly trials: readonly number[] };
}

/**
 * Returns the SHA-256, in hexadecimal, of everything that determines an experiment's numbers. The number of
 * trials isn't part of it, since more can be added.
 */
export function definitionOf(experiment: Experiment): string {
  const { title, cuts, seeds, ...numbers } = experiment;
  return createHash('sha256')
    .update(JSON.stringify({ ...numbers, tuning: seeds.tuning }))
    .digest('hex');
}

/** The weights that a student is trained from. */
export type Start =
  /** All layers are drawn at random. */
  | 'random'
  /** The fused layer is drawn at random; all others are the teacher's. */
  | 'inherited'
  /** The span's layers are composed as if their activations weren't there and max-poolings were averages. */
  | 'composed'
  /** Fused with `channelCoupling: 'independent'`, as in the paper's published code. */
  | 'independent'
  /** Fused with `channelCoupling: 'full'`. */
  | 'fused'
  /** Fused with `channelCoupling: 'full'`, and the later layers are solved anew on their new inputs. */
  | 'refitted';

/** One way to make a student: its start, and what it is trained on. */
export interface Arm {
  readonly name: string;
  readonly start: Start;
  /** Whether it is trained on the teacher's outputs as well as the labels. */
  readonly distilled: boolean;
}

/** All arms that a sceptic would ask for, in the order of tables and figures. */
export const arms = [
  { name: 'random', start: 'random', distilled: false },
  { name: 'random, distilled', start: 'random', distilled: true },
  { name: 'inherited', start: 'inherited', distilled: false },
  { name: 'composed', start: 'composed', distilled: false },
  { name: 'fused, independent', start: 'independent', distilled: false },
  { name: 'fused', start: 'fused', distilled: false },
  { name: 'fused, refitted', start: 'refitted', distilled: false },
  { name: 'fused, refitted, distilled', start: 'refitted', distilled: true },
] as const satisfies readonly Arm[];

export type ArmName = (typeof arms)[number]['name'];
