import type { BackendAdapter, LinearAlgebra, Network } from '@fuseinit/core';
import type { CollectedMoments } from '@fuseinit/statistics';
import type { CalibrationSource } from '../calibration/calibration-source.js';
import type { HeldOutRule } from '../calibration/held-out.js';
import type { LiveLayers } from '../network/make-layer.js';
import type { Tensor, TensorFlow } from '../tensorflow.js';
import type { FuseOptions } from './fuse-options.js';
import type { Step } from './plan-steps.js';

/** Layers whose rows are collected in one pass over the data, or whose statistics the caller gave. */
export interface Pass {
  readonly steps: readonly Step[];
  /** The place of the first of them among all steps that are collected. */
  readonly firstStep: number;
  /** Of each step; then nothing is collected. */
  readonly given?: readonly CollectedMoments[];
}

/** What a fusion works with: opened once, and the same for all of its steps. */
export interface Fusion {
  readonly tf: TensorFlow;
  readonly teacher: Network;
  readonly source: CalibrationSource;
  readonly backend: BackendAdapter<Tensor>;
  readonly linearAlgebra: LinearAlgebra;
  /** What runs the layers that the student has and the teacher hasn't. */
  readonly live: LiveLayers;
  readonly heldOut: HeldOutRule;
  readonly passes: readonly Pass[];
  readonly options: FuseOptions;
}

/**
 * Steps, in the order of their passes, as passes; before all others what needs none.
 *
 * @param given Of steps that read what the teacher computes.
 */
export function passesOf(steps: readonly Step[], given: ReadonlyMap<Step, CollectedMoments>): Pass[] {
  const collected = steps.filter((step) => !given.has(step));
  const passes = new Map<number, Step[]>();
  for (const step of collected) passes.set(step.pass, [...(passes.get(step.pass) ?? []), step]);
  return [
    ...(given.size > 0 ? [{ steps: [...given.keys()], firstStep: 0, given: [...given.values()] }] : []),
    ...[...passes.values()].map((of) => ({ steps: of, firstStep: collected.indexOf(of[0]!) })),
  ];
}
