import { type CollectedMoments, collectTaps, createCollector } from '@fuseinit/statistics';
import { graftGraph } from '../graph/graft-graph.js';
import { readGraph } from '../graph/model-graph.js';
import type { LayersModel } from '../tensorflow.js';
import { runBetween } from './run-between.js';
import { type PassTaps, tapBatches } from './tap-batches.js';
import type { Pass, Work } from './work.js';

/**
 * Collects what the layers of one pass are solved from, or what a checkpoint leaves to collect of it.
 *
 * @param student With all layers of the passes before.
 */
export async function collectPass(
  work: Work,
  student: LayersModel,
  pass: Pass,
): Promise<readonly CollectedMoments[]> {
  const { tf, source, backend, heldOut, passes, options } = work;
  const { checkpoint, onProgress, signal } = options;
  const taps = pass.steps.map(({ name, lowered }, index) => ({
    name,
    geometry: lowered.fused.geometry,
    collector: checkpoint?.collector(pass.firstStep + index, name) ?? createCollector(name),
  }));
  const isComplete = pass.steps.every((_, index) => checkpoint?.isComplete(pass.firstStep + index));
  if (isComplete) return taps.map(({ collector }) => collector.collected());
  const stage = pass.steps.some((step) => step.stage === 'fuse') ? 'fuse' : 'refit';
  const name = pass.steps.map((step) => step.name).join(', ');
  const collected = await collectTaps({
    taps,
    backend,
    batches: tapBatches(tf, passTaps(work, student, pass), source, heldOut),
    totalSamples: source.totalSamples,
    signal,
    onProgress: (progress) =>
      onProgress?.({ stage, name, step: passes.indexOf(pass), steps: passes.length + 1, ...progress }),
  });
  for (const index of pass.steps.keys()) checkpoint?.complete(pass.firstStep + index);
  return collected;
}

/** Inputs from the student where earlier passes changed them, and from the teacher wherever it computes the same. */
function passTaps({ graph, passes }: Work, student: LayersModel, pass: Pass): PassTaps {
  const studentGraph = readGraph(student);
  const before = passes.slice(0, passes.indexOf(pass)).flatMap(({ steps }) => steps);
  const grafted = graftGraph(graph, studentGraph, new Set(before.map(({ name }) => name)));
  const taps = pass.steps.map((step) => {
    const target = step.run.at(-1)!;
    if (step.pass === 0) return { input: step.run[0]!.inputs[0]!, target };
    const [reader] = runBetween(studentGraph, step.run[0]!.id, target.id);
    return { input: grafted.locate(reader!.inputs[0]!), target };
  });
  return { graph: grafted, taps };
}
