import type { LatencyReport } from '../data/latency-report.js';

/** How many times as fast the student is, and whether the measurement tells. */
export interface Speed {
  /** Of the medians. */
  readonly factor: number;
  /** By the ends of both spreads that lie nearest to each other, and farthest. */
  readonly low: number;
  readonly high: number;
  readonly verdict: 'faster' | 'notFaster' | 'unclear';
}

export function speedOf({ teacher, student }: LatencyReport): Speed {
  const low = teacher.warm.low / student.warm.high;
  const high = teacher.warm.high / student.warm.low;
  const factor = teacher.warm.median / student.warm.median;
  const verdict = factor <= 1 ? 'notFaster' : low > 1 ? 'faster' : 'unclear';
  return { factor, low, high, verdict };
}
