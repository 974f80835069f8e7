import { type AffineMap, type LinearAlgebra, ridgeWithoutHeldOut, solveAffine } from '@fuseinit/core';
import type { SpanStatistics } from '@fuseinit/tfjs';
import { centeredStatistics } from '@fuseinit/tfjs/internal';
import type { Candidate } from '../plan/plan.js';
import type { SpanOption } from './span-options.js';

/**
 * The error of a span with some of its kernels, from statistics of the largest: on held-out samples where there are any.
 *
 * @param options Of one span.
 * @param outputError Of the network's outputs, with a span that has these weights.
 */
export async function* predictErrors(
  linearAlgebra: LinearAlgebra,
  statistics: SpanStatistics,
  options: readonly SpanOption[],
  outputError: (option: SpanOption, map: AffineMap) => Promise<number>,
): AsyncGenerator<Candidate> {
  for (const option of options) {
    const { moments, heldOut } = centeredStatistics(statistics, option.kernelSize)!;
    const solution = await solveAffine(
      moments,
      {
        ridge: heldOut ? 'auto' : ridgeWithoutHeldOut,
        inChannels: statistics.inChannels,
        ...(heldOut && { heldOut }),
      },
      linearAlgebra,
    );
    const { patchSize: _, ...span } = option;
    yield {
      ...span,
      relativeMse: solution.heldOutRelativeMse ?? solution.relativeMse,
      outputRelativeMse: await outputError(option, solution),
    };
  }
}
