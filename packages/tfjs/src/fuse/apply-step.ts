import { costOf, meanOfSamples, type Network, type NetworkNode, nodeOf } from '@fuseinit/core';
import type { RefitReport, SolvedReport, SpanReport } from '../report/fuse-report.js';
import type { CollectedStep } from './collect-pass.js';
import { fusedWeights } from './fused-weights.js';
import type { Fusion } from './fusion.js';
import { inputSpread } from './input-spread.js';
import type { NetworkProbe } from './network-probe.js';
import type { Step } from './plan-steps.js';
import { replaceSpan } from './replace-span.js';
import { type MeasuredStep, measureStep, solveStep } from './solve-step.js';

/** The result of one step. */
export interface AppliedStep {
  readonly step: Step;
  /** The student with the step's new layer; unchanged if a refit isn't applied. */
  readonly student: Network;
  readonly report: SpanReport | RefitReport;
  readonly warnings: readonly string[];
}

/**
 * Solves one layer from the data collected for it, and inserts it into the student.
 *
 * @param probe Measures the network on held-out samples: a refit that makes the network worse isn't applied.
 *   Undefined if no samples are held out or no layer is refitted.
 */
export async function applyStep(
  fusion: Fusion,
  student: Network,
  step: Step,
  { collected, solved: already, settling }: CollectedStep,
  probe: Pick<NetworkProbe, 'errorOf'> | undefined,
): Promise<AppliedStep> {
  const current = step.stage === 'refit' ? nodeOf(student, step.name) : undefined;
  const solvedStep = await measureStep(
    step,
    collected,
    fusion,
    already ?? (await solveStep(step, collected, fusion, current)),
  );
  const { solution, heldOut, unfittedHeldOut } = solvedStep;
  const weights = await fusedWeights(fusion.tf, step, solution, () => inputSpread(collected, step.lowered));
  const reserved = new Set(fusion.passes.flatMap(({ steps }) => steps).map(({ name }) => name));
  const next = replaceSpan(student, step, weights, reserved);
  const warnings = [...solvedStep.warnings, ...unsettled(step.name, settling)];
  const { fused, receptiveField, plugin, centered } = step.lowered;
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
    const harm = await harmOf(current!, solvedStep, student, next, probe);
    return {
      step,
      student: harm ? student : next,
      warnings: [...warnings, ...(harm ? [harm] : biasGained(current!))],
      report: {
        ...solved,
        unfittedHeldOutRelativeMse: unfittedHeldOut?.relativeMse ?? null,
        applied: harm === undefined,
      },
    };
  }
  if (!centered) {
    warnings.push(
      `The kernel [${fused.geometry?.kernelSize}] of ${JSON.stringify(step.name)} has no exact middle in the receptive field [${receptiveField}]: it stands half a position towards the start.`,
    );
  }
  const before = new Set(student.nodes.map(({ name }) => name));
  return {
    step,
    student: next,
    warnings: [...warnings, ...growth(step.name, student, next)],
    report: {
      ...solved,
      layers: step.nodes.map(({ name }) => name),
      replacedBy: next.nodes.map(({ name }) => name).filter((name) => !before.has(name)),
      receptiveField,
      plugin: plugin ?? null,
    },
  };
}

/**
 * Returns the reason why a refit isn't applied, if it isn't: it doesn't improve the layer on held-out samples
 * by more than one standard error of the difference, or it makes the network worse.
 */
async function harmOf(
  { name, inputs: [from] }: NetworkNode,
  { heldOut, unfittedHeldOut }: MeasuredStep,
  student: Network,
  next: Network,
  probe: Pick<NetworkProbe, 'errorOf'> | undefined,
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
  const [before, after] = [await probe.errorOf(student), await probe.errorOf(next, undefined, from)];
  return after > before ? kept("the network's output error", before, after, 'which is worse') : undefined;
}

/** Warns if a refitted layer without a bias gained one. */
function biasGained({ name, layer }: NetworkNode): string[] {
  if (layer.config.useBias !== false) return [];
  return [
    `The refitted layer ${JSON.stringify(name)} has a bias, which the teacher's hasn't (useBias: false): the least error needs one.`,
  ];
}

/** Warns if the held-out error hasn't settled on the samples available. */
function unsettled(name: string, settling: SolvedReport['settling']): string[] {
  if (!settling || settling.settled) return [];
  const rounds = settling.rounds.map(
    ({ samples, heldOutRelativeMse }) => `${heldOutRelativeMse.toPrecision(3)} on ${samples} samples`,
  );
  return [
    `The calibration data ran out before the held-out error of ${JSON.stringify(name)} had settled (${rounds.join(', ') || 'too few to tell'}): more samples would lower it, or tell that they don't.`,
  ];
}

/** Warns if a fusion made the network larger. */
function growth(name: string, before: Network, after: Network): string[] {
  const was = costOf(before);
  const is = costOf(after);
  if (is.parameters <= was.parameters && is.multiplyAdds <= was.multiplyAdds) return [];
  return [
    `Fusing ${JSON.stringify(name)} makes the network larger: ${is.parameters} parameters (${was.parameters} before), ${is.multiplyAdds} multiply-adds (${was.multiplyAdds} before). A smaller kernelSize makes it smaller.`,
  ];
}
