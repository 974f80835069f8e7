import type { Latency } from '../costs/measure-latency.js';

/**
 * Scales warm times by the relative speed of the machine, to compare them with times of another measurement.
 */
export function scaledLatency(latency: Latency, factor: number): Latency {
  const { median, low, high } = latency;
  return { ...latency, median: median * factor, low: low * factor, high: high * factor };
}
