import type { FuseReport } from '@fuseinit/tfjs';

/** What was measured of one network. */
export interface NetworkResult {
  readonly name: string;
  readonly accuracy: number;
  /** Layers that hold weights and multiply. */
  readonly depth: number;
  readonly parameters: number;
  readonly multiplyAdds: number;
  readonly bytes: number;
  /** Median for one image, warm. */
  readonly latencyMs: number;
}

export interface StudentResult extends NetworkResult {
  readonly spans: readonly {
    readonly layers: readonly string[];
    readonly relativeMse: number;
    readonly heldOutRelativeMse: number | null;
  }[];
  readonly outputRelativeMse: number;
  readonly warnings: readonly string[];
}

export interface DemoResult {
  readonly backend: string;
  readonly calibrationImages: number;
  readonly evaluationImages: number;
  readonly teacher: NetworkResult;
  readonly students: readonly StudentResult[];
  /** The first student with `channelCoupling: 'independent'`. */
  readonly independent: StudentResult;
}

/** A student's result from the report of its fusion and what was measured. */
export function studentResult(
  name: string,
  report: FuseReport,
  measured: { readonly accuracy: number; readonly latencyMs: number },
): StudentResult {
  return {
    name,
    ...measured,
    ...report.student,
    spans: report.spans.map(({ layers, relativeMse, heldOutRelativeMse }) => ({
      layers,
      relativeMse,
      heldOutRelativeMse,
    })),
    outputRelativeMse: report.outputRelativeMse[0]!.relativeMse,
    warnings: report.warnings,
  };
}
