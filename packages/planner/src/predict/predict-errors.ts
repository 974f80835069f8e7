import {
  type AffineMap,
  centerMoments,
  type LinearAlgebra,
  type Moments,
  solveAffineWith,
} from '@fuseinit/core';
import type { SpanStatistics } from '@fuseinit/tfjs';
import type { Candidate } from '../plan/chain.js';
import type { SpanOption } from './span-options.js';

/**
 * The error of a span with some of its kernels, from statistics of the largest: on held-out samples where there are any.
 *
 * @param options Of one span.
 * @param outputError Of the network's outputs, with a span that has these weights.
 */
export async function* predictErrors(
  linearAlgebra: LinearAlgebra,
  { collected, geometry, inChannels }: SpanStatistics,
  options: readonly SpanOption[],
  outputError: (option: SpanOption, map: AffineMap) => Promise<number>,
): AsyncGenerator<Candidate> {
  for (const option of options) {
    const cut = (moments: Moments) =>
      geometry && option.kernelSize
        ? centerMoments(moments, {
            from: geometry.kernelSize,
            to: option.kernelSize,
            channels: inChannels,
          })
        : moments;
    const heldOut = collected.heldOut && cut(collected.heldOut);
    const solution = await solveAffineWith(linearAlgebra, cut(collected.moments!), {
      ridge: heldOut ? 'auto' : 1e-3,
      ...(heldOut && { heldOut }),
    });
    const { patchSize: _, ...span } = option;
    yield {
      ...span,
      relativeMse: solution.heldOutRelativeMse ?? solution.relativeMse,
      outputRelativeMse: await outputError(option, solution),
    };
  }
}
