import { builtinLayers } from '@fuseinit/registry';
import type { SuiteResult } from './suite.js';

type Row = readonly string[];

/** One line a backend: how exact, how fast, what it left behind. */
export function backendRows(results: readonly SuiteResult[]): { head: Row; rows: Row[] } {
  return {
    head: [
      'backend',
      'floats',
      'worst moment',
      'golden: worst kernel',
      'worst bias',
      'main job: teacher',
      'student',
      'held-out relative MSE',
      'fusion',
      'tensors leaked',
      'computed on',
    ],
    rows: results.map(({ name, computesOn, conformance, golden, mainJob }) => [
      name,
      `${conformance.floatPrecision} bits`,
      exponent(conformance.relativeError),
      exponent(Math.max(...golden.map(({ kernelError }) => kernelError))),
      exponent(Math.max(...golden.map(({ biasError }) => biasError))),
      percent(mainJob.teacherAccuracy),
      percent(mainJob.studentAccuracy),
      mainJob.heldOutRelativeMse?.toFixed(3) ?? '-',
      `${mainJob.seconds.toFixed(1)} s`,
      String(mainJob.leakedTensors),
      computesOn,
    ]),
  };
}

/** One line a backend, for those who ask only whether it runs on theirs. */
export function mainJobRows(results: readonly SuiteResult[]): { head: Row; rows: Row[] } {
  return {
    head: [
      'backend',
      'teacher',
      'student, untrained',
      'held-out relative MSE',
      'time to fuse',
      'computed on',
    ],
    rows: results.map(({ name, computesOn, conformance, mainJob }) => [
      conformance.floatPrecision === 32 ? name : `${name}, ${conformance.floatPrecision}-bit floats`,
      percent(mainJob.teacherAccuracy),
      percent(mainJob.studentAccuracy),
      mainJob.heldOutRelativeMse?.toFixed(3) ?? '-',
      `${mainJob.seconds.toFixed(1)} s`,
      computesOn,
    ]),
  };
}

/** One line a layer: its parts in a span, and how far each backend is from the float64 reference. */
export function layerRows(results: readonly SuiteResult[]): { head: Row; rows: Row[] } {
  const roles = new Map(
    builtinLayers.flatMap(({ classNames, roles }) =>
      classNames.map((className) => [className, roles] as const),
    ),
  );
  const classNames = results[0]!.layers.map(({ className }) => className).sort();
  return {
    head: [
      'layer',
      'may begin',
      'stand inside',
      'end a span',
      ...results.map(({ name, conformance }) => `${name}, ${conformance.floatPrecision} bits`),
    ],
    rows: classNames.map((className) => {
      const { begins, inside, ends } = roles.get(className)!;
      return [
        className,
        ...[begins, inside, ends].map((may) => (may ? 'yes' : '')),
        ...results.map(({ layers }) =>
          exponent(layers.find((layer) => layer.className === className)!.relativeError),
        ),
      ];
    }),
  };
}

/** A table in Markdown. */
export function markdown({ head, rows }: { head: Row; rows: readonly Row[] }): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]!.length)),
  );
  const line = (cells: Row) => `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

function exponent(value: number): string {
  return value === 0 ? '0' : value.toExponential(0);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
