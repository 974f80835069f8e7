import type { PixelRange } from '@fuseinit/tfjs/internal';
import { type Signal, signal } from '@preact/signals';
import type { SampleData } from '../data/sample-data.js';
import type { BackendInfo, Comparison, Failure, Fusion, OpenedModel, Predictions } from '../protocol.js';
import type { WorkerClient } from '../worker-client.js';
import type { ChosenSpan } from './chosen-span.js';
import type { TrainingRun } from './training-run.js';

/** The parts of the page that start work, and beside which its progress and its errors stand. */
export type Place = 'model' | 'data' | 'fuse' | 'train' | 'download';

/** A task in progress. */
interface Task {
  readonly place: Place;
  readonly doing: string;
  /** The completed share, from 0 to 1; null if it isn't known. */
  readonly share: number | null;
  readonly cancel: (() => void) | null;
}

export interface FuseChoices {
  readonly refit: boolean;
  readonly propagate: 'student' | 'teacher';
  readonly samples: number;
  readonly testSamples: number;
}

export interface TrainChoices {
  readonly epochs: number;
  readonly samples: number;
  readonly learningRate: number;
}

/** Samples without the calibration values, which are the worker's. */
export type KnownData = Omit<SampleData, 'calibration'> & { readonly calibrationCount: number };

export interface FuseResult extends Fusion {
  readonly comparison: Comparison;
  /** The number of samples that it was requested to solve on. */
  readonly samples: number;
}

/** Everything the page shows. */
export interface Session {
  readonly client: WorkerClient;
  readonly backend: Signal<BackendInfo | null>;
  readonly task: Signal<Task | null>;
  readonly failure: Signal<(Failure & { readonly place: Place }) | null>;
  /** The last thing that came to an end, for those who listen rather than look. */
  readonly said: Signal<string>;
  readonly model: Signal<OpenedModel | null>;
  /** The range that pixels are scaled to; null for the one that the network reads. */
  readonly pixelRange: Signal<PixelRange | null>;
  readonly data: Signal<KnownData | null>;
  readonly preview: Signal<Predictions | null>;
  readonly spans: Signal<readonly ChosenSpan[]>;
  /** The first layer of a span that is being chosen. */
  readonly picking: Signal<string | null>;
  readonly fuseChoices: Signal<FuseChoices>;
  readonly result: Signal<FuseResult | null>;
  readonly trainChoices: Signal<TrainChoices>;
  readonly training: Signal<TrainingRun | null>;
}

export function createSession(client: WorkerClient): Session {
  return {
    client,
    backend: signal(null),
    task: signal(null),
    failure: signal(null),
    said: signal(''),
    model: signal(null),
    pixelRange: signal(null),
    data: signal(null),
    preview: signal(null),
    spans: signal([]),
    picking: signal(null),
    fuseChoices: signal({ refit: true, propagate: 'student', samples: 2000, testSamples: 1000 }),
    result: signal(null),
    trainChoices: signal({ epochs: 3, samples: 2000, learningRate: 0.001 }),
    training: signal(null),
  };
}
