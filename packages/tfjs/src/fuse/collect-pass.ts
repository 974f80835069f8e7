import { joinNetworks, type Network, nodeOf } from '@fuseinit/core';
import { collectTaps } from '@fuseinit/statistics';
import { sourceInRounds } from '../calibration/limited-source.js';
import type { SolvedReport } from '../report/fuse-report.js';
import { createCheckpoint } from './checkpoint.js';
import type { Fusion, Pass } from './fusion.js';
import { keepsRows } from './keeps-rows.js';
import { settlePass } from './settle-pass.js';
import type { Collected } from './solvable.js';
import type { SolvedStep } from './solve-step.js';
import { type PassTaps, tapBatches } from './tap-batches.js';

/** The data that were collected for one layer. */
export interface CollectedStep {
  readonly collected: Collected;
  /** The solution, if the layer was solved on these data already to see whether its error had settled. */
  readonly solved: SolvedStep | undefined;
  readonly settling: SolvedReport['settling'];
}

/**
 * Collects the data that the layers of one pass are solved from, or the part of them that a checkpoint
 * doesn't hold yet.
 *
 * @param student The student with all layers of earlier passes.
 */
export async function collectPass(fusion: Fusion, student: Network, pass: Pass): Promise<CollectedStep[]> {
  const { tf, source, backend, heldOut, passes, options } = fusion;
  const { checkpoint = createCheckpoint(), onProgress, signal } = options;
  const collectors = pass.steps.map((step, index) =>
    checkpoint.collectorOf(pass.firstStep + index, step.name, keepsRows(step, fusion) ? 'rows' : 'moments'),
  );
  const settling = options.samples === 'auto' ? settlePass(fusion, student, pass, collectors) : undefined;
  const ordered = settling ? sourceInRounds(source, settling.options.firstRound, heldOut) : source;
  const stage = pass.steps.some((step) => step.stage === 'fuse') ? 'fuse' : 'refit';
  const name = pass.steps.map((step) => step.name).join(', ');
  if (!pass.steps.every((_, index) => checkpoint.isComplete(pass.firstStep + index))) {
    await collectTaps({
      taps: pass.steps.map((step, index) => ({
        name: step.name,
        geometry: step.lowered.fused.geometry,
        collector: collectors[index]!.collector,
      })),
      backend,
      batches: tapBatches(tf, passTaps(fusion, student, pass), ordered, heldOut),
      ...(settling && { settle: settling.options }),
      totalSamples: source.totalSamples,
      signal,
      onProgress: (progress) =>
        onProgress?.({ stage, name, step: passes.indexOf(pass), steps: passes.length + 1, ...progress }),
    });
    for (const index of pass.steps.keys()) checkpoint.complete(pass.firstStep + index);
  }
  return collectors.map(({ collector, settling: watch }, index) => ({
    collected: collector.collected(),
    solved: settling?.solvedOn(index, collector.samples),
    settling: settling ? watch.report() : null,
  }));
}

/**
 * Reads inputs from the student if earlier passes changed them, and from the teacher where both compute the
 * same.
 */
function passTaps(
  { teacher, live, activations, source, passes }: Fusion,
  student: Network,
  pass: Pass,
): PassTaps {
  const { network, locate } = joinNetworks(teacher, student);
  const taps = pass.steps.map((step) => {
    const [first] = step.nodes;
    const target = step.nodes.at(-1)!;
    const input = step.pass === 0 ? first!.inputs[0]! : locate(nodeOf(student, first!.name).inputs[0]!);
    return { input, target };
  });
  const isLast = passes.at(-1) === pass;
  return {
    network,
    live,
    taps,
    pass: (wanted) => activations.pass(network, wanted, source.totalSamples, isLast),
  };
}
