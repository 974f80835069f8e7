import type {
  FoundSpans,
  FuseProgress,
  FuseReport,
  ModelCost,
  ModelDescription,
  SpanRequest,
} from '@fuseinit/tfjs';
import type { InputReading } from '@fuseinit/tfjs/internal';

/** Samples, batch first, row-major, as the model reads them. */
export interface SampleSet {
  readonly values: Float32Array<ArrayBuffer>;
  readonly shape: readonly number[];
  readonly labels: Uint8Array<ArrayBuffer> | null;
}

export interface BackendInfo {
  readonly name: 'webgl' | 'wasm' | 'cpu';
  /** The reasons why it isn't the preferred backend. */
  readonly notes: readonly string[];
}

export interface OpenedModel {
  readonly description: ModelDescription;
  readonly spans: FoundSpans;
  readonly cost: ModelCost;
  readonly inputShape: readonly (number | null)[];
  /** The range of numbers that it reads, inferred from its first layers. */
  readonly reading: InputReading;
}

/** The most probable class of each sample and its score. */
export interface Predictions {
  readonly classes: Uint16Array<ArrayBuffer>;
  readonly scores: Float32Array<ArrayBuffer>;
  /** Whether scores are probabilities: not negative, with sum 1 over the classes. */
  readonly areProbabilities: boolean;
}

interface FuseRequest {
  readonly spans: readonly SpanRequest[];
  readonly refit: 'none' | 'downstream';
  readonly propagate: 'student' | 'teacher';
  readonly samples: number;
}

export interface Fusion {
  /** The backend that is used from now on, if the previous one was lost; otherwise null. */
  readonly backend: BackendInfo | null;
  readonly report: FuseReport;
  readonly student: ModelDescription;
}

/** The measurements of one network in this browser. */
interface Measured {
  /** The predictions; null if the model doesn't predict classes. */
  readonly predictions: Predictions | null;
  readonly accuracy: number | null;
  /** The milliseconds for one sample when every shader has to be compiled. */
  readonly coldMs: number;
  /** The median milliseconds for one sample over many runs. */
  readonly warmMs: number;
  /** The number of shader programs; null on backends without shaders. */
  readonly shaderPrograms: number | null;
}

export interface Comparison {
  readonly samples: number;
  readonly teacher: Measured;
  readonly student: Measured;
  /** The share of samples for which both predict the same class. */
  readonly agreement: number | null;
}

export interface TrainRequest {
  readonly epochs: number;
  readonly samples: number;
  readonly testSamples: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly seed: number;
}

/** A figure of the fused student, and the same of the network that started from random weights. */
export interface Pair {
  readonly fused: number;
  readonly random: number;
}

export type LearnsFrom = 'labels' | 'teacher';

export type TrainProgress =
  | { readonly kind: 'start'; readonly learnsFrom: LearnsFrom }
  | { readonly kind: 'loss'; readonly epochs: number; readonly loss: Pair }
  | { readonly kind: 'accuracy'; readonly epoch: number; readonly accuracy: Pair };

export interface SavedModel {
  readonly json: string;
  readonly weights: Blob;
}

/** The completed share of a task, from 0 to 1. */
interface ShareDone {
  readonly share: number;
  readonly doing: string;
}

/** The calls from the page to the worker, with their arguments, results and progress messages. */
export interface Calls {
  start: { ask: null; answer: BackendInfo; progress: never };
  open: { ask: { readonly files: readonly File[] }; answer: OpenedModel; progress: never };
  /** `calibration` is transferred, and no longer available on the page. */
  useData: {
    ask: { readonly calibration: SampleSet; readonly test: SampleSet };
    answer: null;
    progress: never;
  };
  /** The teacher's predictions for the first test samples; null where it gives no classes. */
  preview: { ask: { readonly samples: number }; answer: Predictions | null; progress: never };
  fuse: { ask: FuseRequest; answer: Fusion; progress: FuseProgress };
  compare: { ask: { readonly samples: number }; answer: Comparison; progress: ShareDone };
  train: { ask: TrainRequest; answer: null; progress: TrainProgress };
  save: { ask: { readonly which: 'student' | 'trained' }; answer: SavedModel; progress: never };
}

export type CallName = keyof Calls;

/** A description of an error, with the code if it was a FuseInitError. */
export interface Failure {
  readonly code: string | null;
  readonly message: string;
}

export type ToWorker =
  | {
      [Name in CallName]: { readonly id: number; readonly call: Name; readonly ask: Calls[Name]['ask'] };
    }[CallName]
  | { readonly id: number; readonly cancel: true };

export type FromWorker =
  | { readonly id: number; readonly progress: unknown }
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly failure: Failure };
