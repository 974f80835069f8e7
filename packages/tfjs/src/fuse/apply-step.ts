import { readGraph } from '../graph/model-graph.js';
import { costOf } from '../report/cost.js';
import type { SolvedReport } from '../report/fuse-report.js';
import { fusedWeights, inputSpread } from '../student/fused-weights.js';
import { replaceRun } from '../student/replace-run.js';
import type { LayersModel } from '../tensorflow.js';
import type { CollectedStep } from './collect-pass.js';
import type { Step } from './plan-steps.js';
import { runBetween } from './run-between.js';
import { solveStep } from './solve-step.js';
import type { Work } from './work.js';

/** Solves one layer from what was collected for it, and builds the student that has it; the other one stays. */
export async function applyStep(
  work: Work,
  student: LayersModel,
  step: Step,
  { collected, solved: already, settling }: CollectedStep,
): Promise<LayersModel> {
  const { tf } = work;
  const studentGraph = readGraph(student);
  const run = runBetween(studentGraph, step.run[0]!.id, step.run.at(-1)!.id);
  if (collected.heldOutSamples > 0) work.measuredOn = 'heldOut';
  const current = step.stage === 'refit' ? run[0] : undefined;
  const solvedStep = already ?? (await solveStep(step, collected, work, current));
  const { solution, unfittedHeldOutRelativeMse, warnings } = solvedStep;
  work.warnings.push(...warnings, ...unsettled(step.name, settling));
  const { fused, receptiveField, plugin, centered } = step.lowered;
  const next = replaceRun(tf, studentGraph, {
    run,
    fused,
    weights: await fusedWeights(tf, step, solution, inputSpread(collected, step.lowered)),
    name: step.name,
    plugin,
    reservedNames: new Set(work.passes.flatMap(({ steps }) => steps).map(({ name }) => name)),
  });
  const solved: SolvedReport = {
    name: step.name,
    className: fused.className,
    geometry: fused.geometry,
    samples: collected.samples,
    heldOutSamples: collected.heldOutSamples,
    relativeMse: solution.relativeMse,
    heldOutRelativeMse: solution.heldOutRelativeMse ?? null,
    ridge: solution.diagnostics.ridge,
    diagnostics: solution.diagnostics,
    settling,
  };
  if (step.stage === 'refit') {
    work.solved.push({ step, report: { ...solved, unfittedHeldOutRelativeMse } });
    return next;
  }
  const before = new Set(studentGraph.nodes.map(({ id }) => id));
  const replacedBy = readGraph(next)
    .nodes.map(({ id }) => id)
    .filter((id) => !before.has(id));
  const layers = step.run.map(({ id }) => id);
  work.solved.push({
    step,
    report: { ...solved, layers, replacedBy, receptiveField, plugin: plugin ?? null },
  });
  if (!centered) {
    work.warnings.push(
      `The kernel [${fused.geometry?.kernelSize}] of ${JSON.stringify(step.name)} has no exact middle in the receptive field [${receptiveField}]: it stands half a position towards the start.`,
    );
  }
  work.warnings.push(...growth(step.name, student, next));
  return next;
}

/** A warning where more samples would have helped, or nobody knows. */
function unsettled(name: string, settling: SolvedReport['settling']): string[] {
  if (!settling || settling.settled) return [];
  const rounds = settling.rounds.map(
    ({ samples, heldOutRelativeMse }) => `${heldOutRelativeMse.toPrecision(3)} on ${samples} samples`,
  );
  return [
    `The calibration data ran out before the held-out error of ${JSON.stringify(name)} had settled (${rounds.join(', ') || 'too few to tell'}): more samples would lower it, or tell that they don't.`,
  ];
}

/** A warning where a fusion made the network larger. */
function growth(name: string, before: LayersModel, after: LayersModel): string[] {
  const was = costOf(before);
  const is = costOf(after);
  if (is.parameters <= was.parameters && is.multiplyAdds <= was.multiplyAdds) return [];
  return [
    `Fusing ${JSON.stringify(name)} makes the network larger: ${is.parameters} parameters (${was.parameters} before), ${is.multiplyAdds} multiply-adds (${was.multiplyAdds} before). A smaller kernelSize makes it smaller.`,
  ];
}
