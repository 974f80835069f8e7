import type { FusionReport } from '../data/fusion-report.js';
import type { ReportedNetwork } from '../data/reported-network.js';
import { amount, error, shape } from './format.js';

/** What a reader wants to know of a fused layer at the first look, in lines. */
export function spanFacts({ spans, teacher, student }: FusionReport, span: number): string[] {
  const { kernelSize, layers, replacedBy, final } = spans[span]!;
  const before = work(teacher, layers);
  const after = work(student, replacedBy);
  return [
    ...(kernelSize ? [`kernel ${shape(kernelSize)}`] : []),
    `relative MSE ${error(final.relativeMse)}`,
    `multiply-adds ${amount(before)} → ${amount(after)}`,
  ];
}

function work({ layers }: ReportedNetwork, names: readonly string[]): number {
  return layers
    .filter(({ name }) => names.includes(name))
    .reduce((sum, { multiplyAdds }) => sum + multiplyAdds, 0);
}
