import type { Plan } from '@fuseinit/planner';

/** Spans of a plan as `--spans` takes them. */
export function spansText(spans: Plan['spans']): string {
  if (spans.length === 0) return '(the teacher)';
  return spans
    .map(({ from, to, kernelSize }) => `${from}:${to}${kernelSize ? `@${kernelText(kernelSize)}` : ''}`)
    .join(',');
}

function kernelText(kernelSize: readonly number[]): string {
  return new Set(kernelSize).size === 1 ? String(kernelSize[0]) : kernelSize.join('x');
}
