import { shuffledIndices, uniformStream } from '@fuseinit/core';
import { type HeldOutRule, holdsOut } from './held-out.js';

/**
 * Orders samples at random by the rule's seed, so that the first of them are spread over the whole data.
 * Every prefix of the order has the rule's share of held-out samples, to within one, as long as samples of
 * both kinds remain.
 *
 * @param indices The indices of the samples in the whole data.
 */
export function sampleOrder(indices: Uint32Array, rule: HeldOutRule): Uint32Array {
  const isHeldOut = holdsOut(rule);
  const drawn = shuffledIndices(indices.length, uniformStream(rule.seed ?? 0)).map((at) => indices[at]!);
  const [fit, heldOut] = [drawn.filter((index) => !isHeldOut(index)), drawn.filter(isHeldOut)];
  let held = 0;
  return drawn.map((_, at) => {
    const isDue = Math.floor((at + 1) * rule.share) > held;
    const takesHeldOut = held < heldOut.length && (isDue || at - held >= fit.length);
    return takesHeldOut ? heldOut[held++]! : fit[at - held]!;
  });
}
