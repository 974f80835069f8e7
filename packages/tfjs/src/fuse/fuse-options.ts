import type { BackendAdapter, ChannelCoupling, LinearAlgebra } from '@fuseinit/core';
import type { CalibrationData } from '../calibration/calibration-data.js';
import type { Statistics } from '../collect/statistics.js';
import type { Plugin } from '../plugins.js';
import type { Tensor, TensorFlow } from '../tensorflow.js';
import type { Checkpoint } from './checkpoint.js';

/** A run of layers to fuse, by the names of its first and last. */
export interface SpanRequest {
  readonly from: string;
  readonly to: string;
  /**
   * Of this span's fused convolution, as findSpans and a plan give it: null for the whole receptive field,
   * which a dense layer reads always. Default the option for all spans.
   */
  readonly kernelSize?: number | readonly number[] | null;
}

/** What is being worked on, and how far it has come: each step is one pass over the data. */
export interface FuseProgress {
  /** Collecting and solving spans, refitting later layers, or comparing student and teacher at the end. */
  readonly stage: 'fuse' | 'refit' | 'compare';
  /** The layers or spans at hand, separated by commas. */
  readonly name: string;
  /** Steps done before this one, of `steps`. */
  readonly step: number;
  readonly steps: number;
  /** Samples of this step so far. */
  readonly samples: number;
  /** Where it is known. */
  readonly totalSamples: number | undefined;
}

/**
 * How to fuse. Layers that don't read each other share a pass over the data, and memory holds the sums of all
 * of them, or the rows where a dense layer sees few.
 */
export interface FuseOptions {
  /** The caller's TensorFlow.js, its backend chosen and ready. */
  readonly tf: TensorFlow;
  /**
   * What multiplies, on tensors of this `tf`. Default `createLinalgBackend` on a linear algebra of this
   * call's own, in WebAssembly. Where TensorFlow's native library computes on CUDA,
   * `createNodeGpuBackend(tf)` of
   * @fuseinit/backend-node-gpu multiplies there instead. On WebGL take `createWebglBackend(tf)` of
   * @fuseinit/backend-webgl: the default waits forever for a lost context.
   */
  readonly backend?: BackendAdapter<Tensor>;
  /** What factorises and multiplies in float64 when layers are solved. Default one of
   * @fuseinit/linalg, in WebAssembly with threads, started for this call and ended with it. */
  readonly linearAlgebra?: LinearAlgebra;
  readonly spans: readonly SpanRequest[];
  /** Unlabelled inputs of the teacher, as it reads them. */
  readonly calibrationData: CalibrationData;
  /** Of fused convolutions, centred in the receptive field. Default the whole receptive field. */
  readonly kernelSize?: number | readonly number[];
  /**
   * Relative to the variance of each input of a layer, or `'auto'`: the best on held-out samples of what the
   * precision of the sums allows. Default `'auto'`.
   */
  readonly ridge?: number | 'auto';
  /**
   * Whether the ridge is relative to each input's own variance, so that units make no difference (the
   * default), or to the mean of all their variances.
   */
  readonly standardize?: boolean;
  /** Default `'full'`. */
  readonly channelCoupling?: ChannelCoupling;
  /** Layer and layer-pair plugins, tried before the built-in ones. */
  readonly plugins?: readonly Plugin[];
  /**
   * Where a span's input is collected: `'student'`, from the network fused so far, so that errors are
   * corrected (the default), or `'teacher'`.
   */
  readonly propagate?: 'student' | 'teacher';
  /**
   * Whether the affine layers after a fusion are solved anew, each on the inputs that it now sees:
   * `'downstream'` (the default), `'none'`, or so many of them after each span.
   */
  readonly refit?: 'none' | 'downstream' | number;
  /**
   * Whether `refit` gives frozen layers other weights as well. Default false. Layers with constraints keep
   * theirs, since no solution knows of constraints.
   */
  readonly refitFrozen?: boolean;
  /**
   * What {@link collectStatistics} gathered from this teacher: spans that read what the teacher computes are
   * solved from it, and from the calibration data only what it doesn't hold. Its `heldOut` and `seed` are the
   * defaults then, and no others are taken: samples that it was solved on would be held out.
   */
  readonly statistics?: Statistics;
  /**
   * Share of the samples that errors are measured on and nothing is solved on, 0 to 0.5. Which they are goes
   * by a sample's place in the data, by the share and by `seed` alone. Default 500 of the samples that are
   * taken, but no less than 0.1 and no more than 1/3 of them; 0.1 of a stream whose length isn't known,
   * unless `samples` says how many are taken. The report tells what it was.
   */
  readonly heldOut?: number;
  /**
   * Draws the samples that are held out, and those that `samples` takes; an integer from 0 to 2^32 - 1.
   * Default 0.
   */
  readonly seed?: number;
  /**
   * Samples to take, held-out ones included: a number, or `'auto'`: for each pass over the data as many as it
   * takes until more would change the held-out error by little. Of a stream, whose length isn't known, the
   * first are taken, with a warning; of other data they are drawn from the whole by `seed`. Default all.
   */
  readonly samples?: number | 'auto';
  /** Samples run at a time. Default from the size of a sample, at most 256. */
  readonly batchSize?: number;
  /**
   * Keeps what is gathered, so that the same call with the same checkpoint goes on after a lost device or an
   * abort. The calibration data must come in the same order. Default none is kept.
   */
  readonly checkpoint?: Checkpoint;
  readonly onProgress?: (progress: FuseProgress) => void;
  readonly signal?: AbortSignal;
}
