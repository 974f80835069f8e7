import type { FuseReport } from '@fuseinit/tfjs';
import { count, error, percent, shape } from '../../terminal/figures.js';
import { printable } from '../../terminal/printable.js';
import { table } from '../../terminal/table.js';
import { networksTable, type ThreeNetworks } from './network-figures.js';

/** A student in a folder. */
export interface SavedStudent {
  readonly student: string;
  readonly format: 'layers' | 'graph';
  readonly weights: string;
  /** Of its files. */
  readonly bytes: number;
  readonly hasReport: boolean;
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

export function savedText({ student, format, weights, bytes, hasReport }: SavedStudent): string {
  const loader = format === 'graph' ? 'tf.loadGraphModel' : 'tf.loadLayersModel';
  return `Saved in ${printable(student)}, for ${loader}: ${count(bytes)} bytes, weights ${weights}${hasReport ? '; with report.html and report.json' : ''}.`;
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
