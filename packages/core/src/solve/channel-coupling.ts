import { FuseInitError } from '../errors/fuse-init-error.js';

/**
 * Whether all input channels are solved for together (`'full'`, MSE-optimal) or each on its own, as if channels were
 * uncorrelated (`'independent'`, what the paper's published code does).
 *
 * Source: docs/math.md, section 3.
 */
export type ChannelCoupling = 'full' | 'independent';

/**
 * The inputs that are solved for together: one group, or one for each input channel.
 *
 * @throws ARGUMENT_INVALID when `'independent'` comes without a number of channels that divides the patch.
 */
export function couplingGroups(
  coupling: ChannelCoupling,
  patchSize: number,
  inChannels: number | undefined,
): readonly (readonly number[])[] {
  if (coupling === 'full') return [Array.from({ length: patchSize }, (_, index) => index)];
  if (coupling !== 'independent') {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      `channelCoupling is ${JSON.stringify(coupling)}: 'full' or 'independent' was expected.`,
    );
  }
  if (
    inChannels === undefined ||
    !Number.isInteger(inChannels) ||
    inChannels < 1 ||
    patchSize % inChannels !== 0
  ) {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      `channelCoupling 'independent' needs inChannels, a divisor of the patch size ${patchSize}; ${inChannels} came.`,
    );
  }
  const positions = patchSize / inChannels;
  return Array.from({ length: inChannels }, (_, channel) =>
    Array.from({ length: positions }, (_, position) => position * inChannels + channel),
  );
}
