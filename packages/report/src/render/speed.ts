import type { LatencyReport } from '../data/latency-report.js';

/** How many times as fast the student is, and whether the measurement tells. */
export interface Speed {
  /** Of the medians. */
  readonly factor: number;
  /** The interval of the ratio; without one, by the ends of both spreads. */
  readonly low: number;
  readonly high: number;
  readonly verdict: 'faster' | 'notFaster' | 'unclear';
}

export function speedOf({ teacher, student, ratio }: LatencyReport): Speed {
  const low = ratio ? 1 / ratio.high : teacher.warm.low / student.warm.high;
  const high = ratio ? 1 / ratio.low : teacher.warm.high / student.warm.low;
  const factor = ratio ? 1 / ratio.median : teacher.warm.median / student.warm.median;
  const verdict = low > 1 ? 'faster' : factor <= 1 ? 'notFaster' : 'unclear';
  return { factor, low, high, verdict };
}
