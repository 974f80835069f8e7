import type { Answers } from './answers.js';
import type { GivenTeacher } from './given-teacher.js';
import type { LatencyReport } from './latency-report.js';
import type { OutputReport } from './output-report.js';
import type { RefitResult } from './refit-result.js';
import type { ReportedNetwork } from './reported-network.js';
import type { Reproduction } from './reproduction.js';
import type { SampleReport } from './sample-report.js';
import type { SpanResult } from './span-result.js';

/** Version of {@link FusionReport} that this package writes and reads. */
export const reportVersion = 1;

/** A fusion as plain data: what was done, how good it is, what it costs, and how to do it again. */
export interface FusionReport {
  readonly format: 'fuseinit-report';
  readonly version: typeof reportVersion;
  /** As given, in ISO 8601; null where the caller gave none. */
  readonly createdAt: string | null;
  /** The teacher before it was simplified; null where what was fused is the teacher as it was given. */
  readonly given: GivenTeacher | null;
  /** What was fused: the teacher as it was given, or its simplified form. */
  readonly teacher: ReportedNetwork;
  readonly student: ReportedNetwork;
  /** In the order of the teacher. */
  readonly spans: readonly SpanResult[];
  readonly refits: readonly RefitResult[];
  /**
   * Of the calibration data, the share and the number of samples held out; null in a report of an earlier
   * version.
   */
  readonly heldOut: { readonly share: number; readonly samples: number } | null;
  /** On how many held-out samples the networks were compared. */
  readonly samples: number;
  readonly outputs: readonly OutputReport[];
  /** Null where outputs are no class scores and no labels came. */
  readonly answers: Answers | null;
  readonly classNames: readonly string[] | null;
  /** Null where none was measured. */
  readonly latency: LatencyReport | null;
  /** Samples whose outputs differ at all. */
  readonly disagreeing: number;
  /** Those with the largest disagreement, largest first. */
  readonly disagreements: readonly SampleReport[];
  /** What the caller should know, in words. */
  readonly warnings: readonly string[];
  readonly reproduction: Reproduction;
}
