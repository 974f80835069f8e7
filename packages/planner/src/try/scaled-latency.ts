import type { Latency } from '../costs/measure-latency.js';

/** Warm times of another turn of the machine, as they would be beside others. */
export function scaledLatency(latency: Latency, factor: number): Latency {
  const { median, low, high } = latency;
  return { ...latency, median: median * factor, low: low * factor, high: high * factor };
}
