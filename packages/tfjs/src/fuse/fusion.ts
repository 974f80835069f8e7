import type { BackendAdapter, LinearAlgebra, Network } from '@fuseinit/core';
import type { CollectedMoments } from '@fuseinit/statistics';
import type { CalibrationSource } from '../calibration/calibration-source.js';
import type { HeldOutRule } from '../calibration/held-out.js';
import type { LiveLayers } from '../network/make-layer.js';
import type { Tensor, TensorFlow } from '../tensorflow.js';
import type { FuseOptions } from './fuse-options.js';
import type { KeptActivations } from './kept-activations.js';
import type { Step } from './plan-steps.js';

/**
 * Layers whose data are collected in one pass over the calibration data, or whose statistics the caller
 * supplied.
 */
export interface Pass {
  readonly steps: readonly Step[];
  /** The index of the first of them among all steps that data are collected for. */
  readonly firstStep: number;
  /** The moments of each step, if the caller supplied statistics; then nothing is collected. */
  readonly given?: readonly CollectedMoments[];
}

/** The context of a fusion, which is created once and shared by all of its steps. */
export interface Fusion {
  readonly tf: TensorFlow;
  readonly teacher: Network;
  readonly source: CalibrationSource;
  readonly backend: BackendAdapter<Tensor>;
  readonly linearAlgebra: LinearAlgebra;
  /** The instances of the layers that only the student has. */
  readonly live: LiveLayers;
  readonly activations: KeptActivations;
  readonly heldOut: HeldOutRule;
  readonly passes: readonly Pass[];
  readonly options: FuseOptions;
}

/**
 * Groups steps into passes, in order. Steps with given statistics come first, in a pass of their own.
 *
 * @param given The moments of steps whose inputs the teacher computes.
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
