import type { PlanReport } from '@fuseinit/report';
import type { FuseReport } from '@fuseinit/tfjs';
import type { RoundedLayer } from '@fuseinit/tfjs/internal';
import { weightsText } from '../../output/model-output.js';
import type { StoredStudent } from '../../output/store-student.js';
import { count, error, percent, shape } from '../../terminal/figures.js';
import { printable } from '../../terminal/printable.js';
import { table } from '../../terminal/table.js';
import { costName } from '../plan/plan-text.js';
import { networksTable, type ThreeNetworks } from './network-figures.js';

/** A student in a folder. */
export interface SavedStudent {
  readonly student: string;
  readonly format: 'layers' | 'graph';
  readonly weights: string;
  /** The names of the weights that are stored as float16 although another type was chosen. */
  readonly finerWeights: readonly string[];
  /** The size of its files. */
  readonly bytes: number;
  /** The effect of rounding on each layer for which a correction was tried. */
  readonly rounded: readonly RoundedLayer[];
  readonly hasReport: boolean;
}

/** Describes a stored student. */
export function savedStudent(
  { output, format }: { readonly output: string; readonly format: SavedStudent['format'] },
  { weights, finerWeights, bytes, rounded }: StoredStudent,
  hasReport: boolean,
): SavedStudent {
  return { student: output, format, weights, finerWeights, bytes, rounded, hasReport };
}

export function fusionText(
  fused: FuseReport,
  networks: ThreeNetworks,
  saved: SavedStudent & { readonly backend: string },
): string {
  return [
    networksTable(networks, saved.backend),
    '',
    fusedSpansTable(fused),
    '',
    outputErrorText(fused),
    savedText(saved),
  ].join('\n');
}

/** Tells what a plan's file predicted of the student. */
export function predictionText({ cost, predicted }: PlanReport, backend: string, teacher: string): string {
  const timed = cost === 'latency' ? ` on ${backend}` : '';
  return `The plan predicted ${percent(predicted.share)} of the ${teacher}'s ${costName(cost)}${timed} and a relative MSE of the output of ${error(predicted.outputRelativeMse)}.`;
}

export function fusedSpansTable({ spans }: FuseReport): string {
  return table(
    [
      { head: 'fused', isFlexible: true },
      { head: 'kernel', align: 'right' },
      { head: 'held-out error', align: 'right' },
    ],
    spans.map(({ layers, geometry, heldOutRelativeMse }) => [
      `${layers[0]}:${layers.at(-1)}`,
      geometry ? shape(geometry.kernelSize) : '-',
      error(heldOutRelativeMse),
    ]),
  );
}

export function savedText(saved: SavedStudent): string {
  const { student, format, weights, finerWeights, bytes, rounded, hasReport } = saved;
  const loader = format === 'graph' ? 'tf.loadGraphModel' : 'tf.loadLayersModel';
  const text = `Saved in ${printable(student)}, for ${loader}: ${count(bytes)} bytes, weights ${weightsText(weights, finerWeights)}${hasReport ? '; with report.html and report.json' : ''}.`;
  return rounded.length === 0 ? text : `${text}\n${roundedText(rounded)}`;
}

/** Tells in how many layers the effect of rounding was corrected. */
export function roundedText(rounded: readonly RoundedLayer[]): string {
  const applied = rounded.filter((layer) => layer.applied);
  const of = `Rounding was corrected on the data in ${applied.length} of ${rounded.length} layers`;
  if (applied.length === 0) return `${of}: in the others the nearest numbers are better.`;
  const most = (errors: readonly number[]) => error(Math.max(...errors));
  return `${of}: it changes the output of each by a relative MSE of ${most(applied.map(({ corrected }) => corrected))} at most, in place of ${most(applied.map(({ nearest }) => nearest))}.`;
}

function outputErrorText({ outputRelativeMse, outputMeasuredOn, heldOut }: FuseReport): string {
  const measured =
    outputMeasuredOn === 'heldOut'
      ? `${count(heldOut.samples)} held-out samples (${percent(heldOut.share)})`
      : 'the samples that were solved on';
  const errors = outputRelativeMse
    .map(({ relativeMse, standardError }) =>
      standardError === null ? error(relativeMse) : `${error(relativeMse)} ± ${error(standardError)}`,
    )
    .join(', ');
  return `Relative MSE of the student's output: ${errors}, on ${measured}.`;
}
