/**
 * What to take off each channel before the products: its mean where that is large against its deviation, since float32
 * then loses the deviation's digits; else nothing, since a shift would spoil the many exact zeros after a relu.
 *
 * @param values [..., channels]
 * @returns numbers that float32 holds exactly.
 */
export function channelShift(values: Float32Array, channels: number): Float64Array {
  const count = values.length / channels;
  const means = new Float64Array(channels);
  const squares = new Float64Array(channels);
  for (let start = 0; start < values.length; start += channels) {
    for (let channel = 0; channel < channels; channel++) {
      const value = values[start + channel]!;
      means[channel]! += value / count;
      squares[channel]! += (value * value) / count;
    }
  }
  return means.map((mean, channel) =>
    mean * mean > 4 * (squares[channel]! - mean * mean) ? Math.fround(mean) : 0,
  );
}
