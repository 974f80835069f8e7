import { meanOfSamples } from '@fuseinit/core';
import { readGraph } from '../graph/model-graph.js';
import { costOf } from '../report/cost.js';
import type { SolvedReport } from '../report/fuse-report.js';
import { disposeModel } from '../student/dispose-model.js';
import { fusedWeights, inputSpread } from '../student/fused-weights.js';
import { replaceRun } from '../student/replace-run.js';
import type { LayersModel } from '../tensorflow.js';
import type { CollectedStep } from './collect-pass.js';
import type { NetworkProbe } from './network-probe.js';
import type { Step } from './plan-steps.js';
import { runBetween } from './run-between.js';
import { type SolvedStep, solveStep } from './solve-step.js';
import type { Work } from './work.js';

/**
 * Solves one layer from what was collected for it, and builds the student that has it; the other one stays.
 *
 * @param probe Where samples are held out: a refit that makes the network worse on them isn't applied.
 * @returns the student that was given, where a refit isn't applied.
 */
export async function applyStep(
  work: Work,
  student: LayersModel,
  step: Step,
  { collected, solved: already, settling }: CollectedStep,
  probe: NetworkProbe | undefined,
): Promise<LayersModel> {
  const { tf } = work;
  const studentGraph = readGraph(student);
  const run = runBetween(studentGraph, step.run[0]!.id, step.run.at(-1)!.id);
  if (collected.heldOutSamples > 0) work.measuredOn = 'heldOut';
  const current = step.stage === 'refit' ? run[0] : undefined;
  const solvedStep = already ?? (await solveStep(step, collected, work, current));
  const { solution, heldOut, unfittedHeldOut, warnings } = solvedStep;
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
    heldOutRelativeMse: heldOut?.relativeMse ?? null,
    heldOutStandardError: heldOut?.standardError ?? null,
    ridge: solution.diagnostics.ridge,
    diagnostics: solution.diagnostics,
    settling,
  };
  if (step.stage === 'refit') {
    const harm = await harmOf(step.name, solvedStep, student, next, probe);
    if (harm) work.warnings.push(harm);
    work.solved.push({
      step,
      report: {
        ...solved,
        unfittedHeldOutRelativeMse: unfittedHeldOut?.relativeMse ?? null,
        applied: harm === undefined,
      },
    });
    if (!harm) return next;
    disposeModel(next);
    return student;
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

/**
 * Why a refit isn't applied, if it isn't: it makes the layer no better on held-out samples, beyond one standard error of
 * the difference, or it makes the network worse.
 */
async function harmOf(
  name: string,
  { heldOut, unfittedHeldOut }: SolvedStep,
  student: LayersModel,
  next: LayersModel,
  probe: NetworkProbe | undefined,
): Promise<string | undefined> {
  if (!heldOut || !unfittedHeldOut) return undefined;
  const kept = (of: string, before: number, after: number, but: string) =>
    `The refit of ${JSON.stringify(name)} wasn't applied, and it keeps the teacher's weights: on held-out samples ${of} would go from ${before.toPrecision(3)} to ${after.toPrecision(3)}, ${but}.`;
  const gain = meanOfSamples(
    unfittedHeldOut.sampleErrors.map((error, at) => error - heldOut.sampleErrors[at]!),
  );
  if (gain.mean <= (gain.standardError ?? 0)) {
    const but = gain.mean < 0 ? 'which is worse' : 'no more than chance may make of so few samples';
    return kept('its own error', unfittedHeldOut.relativeMse, heldOut.relativeMse, but);
  }
  if (!probe) return undefined;
  const [before, after] = [await probe.errorOf(student), await probe.errorOf(next)];
  return after > before ? kept("the network's output error", before, after, 'which is worse') : undefined;
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
