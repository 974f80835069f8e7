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
  /** Why it isn't the one hoped for, in words. */
  readonly notes: readonly string[];
}

export interface OpenedModel {
  readonly description: ModelDescription;
  readonly spans: FoundSpans;
  readonly cost: ModelCost;
  readonly inputShape: readonly (number | null)[];
  /** What its first layers tell about the numbers that it reads. */
  readonly reading: InputReading;
}

/** For each sample its most probable class and that class's score. */
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
  /** What is computed on from now on, where the one before went away. */
  readonly backend: BackendInfo | null;
  readonly report: FuseReport;
  readonly student: ModelDescription;
}

/** What was measured of one network on this browser. */
interface Measured {
  /** Null where the model gives no classes. */
  readonly predictions: Predictions | null;
  readonly accuracy: number | null;
  /** One sample with every shader compiled anew. */
  readonly coldMs: number;
  /** One sample, median of many. */
  readonly warmMs: number;
  /** Null on backends without shaders. */
  readonly shaderPrograms: number | null;
}

export interface Comparison {
  readonly samples: number;
  readonly teacher: Measured;
  readonly student: Measured;
  /** Share of samples to which both give the same class. */
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

/** Share done of a task, 0 to 1. */
interface ShareDone {
  readonly share: number;
  readonly doing: string;
}

/** What the page can ask of the worker, what it answers, and what it tells in between. */
export interface Calls {
  start: { ask: null; answer: BackendInfo; progress: never };
  open: { ask: { readonly files: readonly File[] }; answer: OpenedModel; progress: never };
  /** `calibration` is handed over: it is gone from the page. */
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

/** What went wrong; the code is that of a FuseInitError, where it was one. */
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
