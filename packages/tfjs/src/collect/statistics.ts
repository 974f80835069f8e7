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

/** Statistics of spans of one teacher: plain data that structured cloning keeps whole. */
export interface Statistics {
  readonly specVersion: 2;
  /** The teacher's weights and layers, as {@link teacherFingerprint} has them. */
  readonly teacher: string;
  /** Share of the samples that was held out. */
  readonly heldOut: number;
  /** What the samples held out were drawn by. */
  readonly seed: number;
  /** Which parts of the data were seen. */
  readonly shards: readonly Shard[];
  readonly spans: readonly SpanStatistics[];
}
