/**
 * What the ridge is relative to, for each input of a patch [...positions, channels]: the mean variance of its channel over
 * the positions, since those share its units. An input that is rarely on at one position, such as a pixel at the border,
 * then gets no larger weight than its few samples bear out.
 *
 * @param variances [patchSize], of all inputs, those included that never vary.
 * @param inChannels Channels of the patch, a divisor of its size; without it each input is a channel of its own.
 * @param standardize False for the mean variance of all inputs, whatever their channels.
 */
export function ridgeScales(
  variances: Float64Array,
  inChannels: number | undefined,
  standardize: boolean,
): Float64Array {
  const channels = !standardize ? 1 : isDivisor(inChannels, variances.length) ? inChannels : variances.length;
  const means = new Float64Array(channels);
  for (let input = 0; input < variances.length; input++)
    means[input % channels]! += (variances[input]! * channels) / variances.length;
  return Float64Array.from(variances, (_, input) => means[input % channels]!);
}

function isDivisor(channels: number | undefined, size: number): channels is number {
  return channels !== undefined && Number.isInteger(channels) && channels > 0 && size % channels === 0;
}
