import type { PatchGeometry } from '@fuseinit/core';
import type { CollectorState } from '@fuseinit/statistics';

/** The statistics that one span is solved from. */
export interface SpanStatistics {
  readonly from: string;
  readonly to: string;
  /** The names of all layers of the span, in the order of the network. */
  readonly layers: readonly string[];
  /** The class of the fused layer. */
  readonly className: string;
  /** The geometry of the patches that the fused layer reads; null if it reads its whole input. */
  readonly geometry: PatchGeometry | null;
  /** The number of input channels, which is the length of a patch's last axis. */
  readonly inChannels: number;
  readonly collected: CollectorState;
}

/** A part of the calibration data: part `index`, counted from 0, of `of` parts. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/** A part of the data that statistics were collected from. */
export interface CollectedShard extends Shard {
  /** False if the collection was stopped before the end of the part. */
  readonly complete: boolean;
}

/** Statistics of the values of one input of a model, which show how the input was scaled. */
export interface InputValues {
  /** The number of values, not of samples. */
  readonly count: number;
  readonly mean: number;
  readonly variance: number;
  readonly min: number;
  readonly max: number;
}

/** Statistics of the inputs that a model was given while the statistics of spans were collected. */
export interface InputRecord {
  /** The number of batches, or parts of batches, that were recorded. */
  readonly batches: number;
  /** An entry for each input of the model; empty before the first batch. */
  readonly values: readonly InputValues[];
}

/**
 * Identifies the data that statistics were collected from. Equal records are of the same samples in the same
 * order, as far as the samples that are compared can tell.
 */
export interface DataRecord {
  /** The number of samples in all parts of the data, held-out ones included; null for a stream. */
  readonly samples: number | null;
  /** A hash of their indices in the data that they were chosen from; null for a stream. */
  readonly indices: string | null;
  /** The shape of one sample, for each input of the model. */
  readonly shapes: readonly (readonly number[])[];
  /** A hash of the values of each of some samples, which are spread over the data. */
  readonly hashes: readonly string[];
  /** Statistics of the values of these samples, for each input of the model. */
  readonly values: readonly InputValues[];
}

/** Statistics of spans of one teacher, as plain data that can be structured-cloned. */
export interface Statistics {
  readonly specVersion: 4;
  /** The fingerprint of the teacher's weights and layers, from {@link teacherFingerprint}. */
  readonly teacher: string;
  readonly data: DataRecord;
  /** The number of samples in a batch, which decides which samples are in a part of the data. */
  readonly batchSize: number;
  /** The share of the samples that was held out. */
  readonly heldOut: number;
  /** The seed that the held-out samples were drawn with. */
  readonly seed: number;
  /** The parts of the data that the statistics were collected from. */
  readonly shards: readonly CollectedShard[];
  readonly inputs: InputRecord;
  /**
   * The number of samples taken from the beginning of a stream that may continue; null if all samples were
   * used, or a representative choice of them.
   */
  readonly firstOfStream: number | null;
  readonly spans: readonly SpanStatistics[];
}
