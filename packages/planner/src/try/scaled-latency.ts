import type { Latency } from '../costs/measure-latency.js';

/** Warm times of another turn of the machine, as they would be beside others. */
export function scaledLatency({ first, median, low, high, count }: Latency, factor: number): Latency {
  return { first, median: median * factor, low: low * factor, high: high * factor, count };
}
