import type { PatchGeometry } from '@fuseinit/core';
import type { CollectorState } from '@fuseinit/statistics';

/** What was gathered to solve one span from. */
export interface SpanStatistics {
  readonly from: string;
  readonly to: string;
  /** All layers of the run, in order. */
  readonly layers: readonly string[];
  /** Class of the fused layer. */
  readonly className: string;
  /** The patches read; null where the fused layer reads its whole input. */
  readonly geometry: PatchGeometry | null;
  /** Of a patch's last axis. */
  readonly inChannels: number;
  readonly collected: CollectorState;
}

/** Part `index` of `of` of the calibration data, counted from 0. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/** What the numbers of one input of a model were like: how they were scaled shows in it. */
export interface InputValues {
  /** Numbers, not samples. */
  readonly count: number;
  readonly mean: number;
  readonly variance: number;
  readonly min: number;
  readonly max: number;
}

/** What a model was given while statistics were gathered. */
export interface InputRecord {
  /** Batches, or parts of them, that were looked at. */
  readonly batches: number;
  /** One for each input of the model; none before the first batch. */
  readonly values: readonly InputValues[];
}

/** Statistics of spans of one teacher: plain data that structured cloning keeps whole. */
export interface Statistics {
  readonly specVersion: 3;
  /** The teacher's weights and layers, as {@link teacherFingerprint} has them. */
  readonly teacher: string;
  /** Share of the samples that was held out. */
  readonly heldOut: number;
  /** What the samples held out were drawn by. */
  readonly seed: number;
  /** Which parts of the data were seen. */
  readonly shards: readonly Shard[];
  readonly inputs: InputRecord;
  /**
   * How many samples were taken from the beginning of a stream that may go on; null for the whole, or a fair
   * choice of it.
   */
  readonly firstOfStream: number | null;
  readonly spans: readonly SpanStatistics[];
}
