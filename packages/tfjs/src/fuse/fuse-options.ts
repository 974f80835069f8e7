import type { BackendAdapter, ChannelCoupling } from '@fuseinit/core';
import type { CalibrationData } from '../calibration/calibration-data.js';
import type { Statistics } from '../collect/statistics.js';
import type { Plugin } from '../plugins.js';
import type { Tensor, TensorFlow } from '../tensorflow.js';
import type { Checkpoint } from './checkpoint.js';

/** A span of layers to fuse, by the names of its first and last layer. */
export interface SpanRequest {
  readonly from: string;
  readonly to: string;
  /**
   * The kernel size of this span's fused convolution, as in the results of `findSpans` and in plans: null for
   * the whole receptive field, which a dense layer always reads. Defaults to the `kernelSize` option.
   */
  readonly kernelSize?: number | readonly number[] | null;
}

/** The progress of a fusion. Each step is one pass over the data. */
export interface FuseProgress {
  /**
   * The current stage: collecting and solving spans, refitting later layers, or comparing student and teacher
   * at the end.
   */
  readonly stage: 'fuse' | 'refit' | 'compare';
  /** The layers or spans being processed, separated by commas. */
  readonly name: string;
  /** The number of steps completed before this one, out of `steps`. */
  readonly step: number;
  readonly steps: number;
  /** The number of samples processed in this step so far. */
  readonly samples: number;
  /** The number of samples in the data; undefined if it isn't known. */
  readonly totalSamples: number | undefined;
}

/**
 * Options of `fuse`. Layers that don't depend on each other share a pass over the data, for which the sums of
 * all these layers are held in memory, or the rows if a dense layer sees few of them.
 */
export interface FuseOptions {
  /** The caller's TensorFlow.js, with its backend chosen and ready. */
  readonly tf: TensorFlow;
  /**
   * The adapter that computes moments, on tensors of this `tf`, and solves for weights. Defaults to
   * `createLinalgBackend` with a linear algebra in WebAssembly, which is started for this call and closed
   * after it. An adapter without a `linearAlgebra` solves by such a one too. If TensorFlow's native library
   * runs on CUDA, `createNodeGpuBackend(tf)` of `@fuseinit/backend-node-gpu` computes moments there. On
   * WebGL, use `createWebglBackend(tf)` of `@fuseinit/backend-webgl`, since the default waits forever if the
   * context is lost.
   */
  readonly backend?: BackendAdapter<Tensor>;
  readonly spans: readonly SpanRequest[];
  /** Unlabelled inputs, in the form that the teacher expects. */
  readonly calibrationData: CalibrationData;
  /**
   * The kernel size of fused convolutions, centred in the receptive field. Defaults to the whole receptive
   * field.
   */
  readonly kernelSize?: number | readonly number[];
  /**
   * The ridge, relative to the variance of each input of a layer. `'auto'`, the default, chooses the best on
   * held-out samples among those that the precision of the sums allows.
   */
  readonly ridge?: number | 'auto';
  /**
   * Whether the ridge is relative to the variance of each input, so that the units of inputs don't matter
   * (the default), or to the mean of these variances.
   */
  readonly standardize?: boolean;
  /** Whether the input channels are solved for together or each on its own. Defaults to `'full'`. */
  readonly channelCoupling?: ChannelCoupling;
  /** Layer and layer-pair plugins, which take precedence over the built-in ones. */
  readonly plugins?: readonly Plugin[];
  /**
   * The network that computes the inputs of a span: `'student'`, the network as fused so far, so that earlier
   * errors are compensated (the default), or `'teacher'`.
   */
  readonly propagate?: 'student' | 'teacher';
  /**
   * Which affine layers after a fusion are solved for again, on the inputs that they now get: all
   * (`'downstream'`, the default), none (`'none'`), this many of them after each span, or those of these
   * names.
   */
  readonly refit?: 'none' | 'downstream' | number | readonly string[];
  /**
   * Whether `refit` also changes the weights of frozen layers. Defaults to false. Layers with constraints
   * always keep their weights, since solutions don't observe constraints.
   */
  readonly refitFrozen?: boolean;
  /**
   * Statistics that {@link collectStatistics} collected from this teacher. Spans whose inputs the teacher
   * computes are solved from them, and the calibration data are used only for the rest. Their `heldOut` and
   * `seed` are the defaults, and no other values are accepted, since the statistics may include samples that
   * other values would hold out.
   */
  readonly statistics?: Statistics;
  /**
   * The share of the samples that errors are measured on and nothing is solved on, from 0 to 0.5. Which
   * samples these are depends only on their indices in the data, the share and `seed`. Defaults to the share
   * of 500 samples among those used, but at least 0.1 and at most 1/3; to 0.1 for a stream of unknown length,
   * unless `samples` is a number. The report states the share.
   */
  readonly heldOut?: number;
  /**
   * The seed that held-out samples are drawn with, and those that `samples` takes: an unsigned 32-bit
   * integer. Defaults to 0.
   */
  readonly seed?: number;
  /**
   * The number of samples to use, including held-out ones. With `'auto'`, each pass over the data uses as
   * many as it needs until more would change the held-out error little. Samples are drawn from the whole data
   * by `seed`; of a stream of unknown length the first are used, with a warning. Defaults to all.
   */
  readonly samples?: number | 'auto';
  /** The number of samples run at a time. The default depends on the size of a sample, and is at most 256. */
  readonly batchSize?: number;
  /**
   * Keeps the collected data, so that the same call with the same checkpoint can continue after a lost device
   * or an abort. The calibration data must come in the same order. By default nothing is kept.
   */
  readonly checkpoint?: Checkpoint;
  readonly onProgress?: (progress: FuseProgress) => void;
  readonly signal?: AbortSignal;
}
