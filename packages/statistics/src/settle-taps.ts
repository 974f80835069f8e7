import type { AffineMap, BackendAdapter, LinearAlgebra } from '@fuseinit/core';
import type { BatchInfo, Shaped, Tap, TapTensors } from './create-intake.js';
import type { ShapedNumbers } from './create-sample-rows.js';
import type { JudgedRound, Settling } from './create-settling.js';

/** How to tell that more samples would change little. */
export interface SettleOptions {
  /** For each tap its own. They end their rounds together, and the collection ends when all have settled. */
  readonly watches: readonly Settling[];
  /** Samples of the first round, as {@link firstRound} has it; each further one ends at twice as many. */
  readonly firstRound: number;
  /** Solves what the collector of a tap, by its place, has so far. */
  readonly solve: (tap: number) => Promise<AffineMap>;
  readonly linearAlgebra: LinearAlgebra;
}

/** Samples at which the round at hand ends. */
export function roundEnd({ watches, firstRound }: SettleOptions): number {
  return firstRound * 2 ** watches[0]!.report().rounds.length;
}

/**
 * Keeps rows of a held-out batch for those that want them.
 *
 * @param first Held-out samples before this batch.
 * @returns the batch's arrays where they were read.
 */
export async function watchHeldOut<Tensor extends Shaped>(
  { watches }: SettleOptions,
  first: number,
  batch: BatchInfo & { read(): readonly TapTensors<Tensor>[] },
  taps: readonly Tap[],
  backend: BackendAdapter<Tensor>,
): Promise<readonly TapTensors<Tensor>[] | undefined> {
  if (!watches.some((watch) => watch.wants(first, batch.samples))) return undefined;
  const tensors = batch.read();
  for (const [index, watch] of watches.entries()) {
    if (!watch.wants(first, batch.samples)) continue;
    const { input, target } = tensors[index]!;
    watch.keep(first, await onHost(input, backend), await onHost(target, backend), taps[index]!.geometry);
  }
  return tensors;
}

async function onHost<Tensor extends Shaped>(
  tensor: Tensor,
  backend: BackendAdapter<Tensor>,
): Promise<ShapedNumbers> {
  return { shape: tensor.shape, data: await backend.read(tensor) };
}

/**
 * Ends a round: solves every tap and compares with its last solution. At the end of the data the round may be shorter;
 * its error is told, but nothing can have settled in it.
 *
 * @returns whether all have settled.
 */
export async function settleRound(options: SettleOptions, samples: number): Promise<boolean> {
  const { watches, solve, linearAlgebra } = options;
  const isOver = watches.some((watch) => watch.report().rounds.at(-1)?.samples === samples);
  if (isOver || !watches.every((watch) => watch.canJudge())) return false;
  const isWhole = samples >= roundEnd(options);
  const judged: JudgedRound[] = [];
  for (const [tap, watch] of watches.entries()) {
    const round = await watch.judge(samples, await solve(tap), linearAlgebra);
    judged.push(isWhole ? round : { ...round, settled: watch.report().settled });
  }
  // All or none: after an error the round is judged anew.
  for (const [tap, round] of judged.entries()) watches[tap]!.record(round);
  return isWhole && judged.every(({ settled }) => settled);
}
