import { FuseInitError } from '@fuseinit/core';
import type { HeldOutSample } from './create-held-out-rows.js';

/**
 * Refuses the state of a collector that another one can't go on from.
 *
 * @param arrays All that it must still hold.
 * @param type What they are arrays of.
 * @throws CHECKPOINT_MISMATCH for another tap, or arrays that were lost.
 */
export function requireOwnState(
  tap: string,
  state: { readonly tap: string },
  arrays: readonly unknown[],
  type: Float32ArrayConstructor | Float64ArrayConstructor,
): void {
  if (state.tap !== tap) {
    throw new FuseInitError(
      'CHECKPOINT_MISMATCH',
      `The state of a collector at ${JSON.stringify(state.tap)} came where one at ${JSON.stringify(tap)} was expected.`,
    );
  }
  if (!arrays.every((array) => array instanceof type)) {
    throw new FuseInitError(
      'CHECKPOINT_MISMATCH',
      `The state of the collector at ${JSON.stringify(tap)} has lost its arrays: keep it by structuredClone, postMessage or IndexedDB, not as JSON.`,
    );
  }
}

/** The arrays of held-out samples, of what may be the state of anything. */
export function heldOutArraysOf(samples: readonly HeldOutSample[]): readonly unknown[] {
  if (!Array.isArray(samples)) return [undefined];
  return samples.flatMap((sample) => [sample?.inputs, sample?.targets]);
}
