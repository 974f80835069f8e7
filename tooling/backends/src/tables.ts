import { builtinLayers } from '@fuseinit/registry';
import { kernelFaults } from '@fuseinit/tfjs/testing';
import type { SuiteResult } from './suite.js';
import type { ClassResult } from './sweep/layer-sweep.js';

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

/**
 * One line a layer class: its parts in a span, whether a GraphModel can have it, and how far each backend is
 * from the float64 reference.
 */
export function layerRows(results: readonly SuiteResult[]): { head: Row; rows: Row[] } {
  const roles = new Map(
    builtinLayers.flatMap(({ classNames, roles }) =>
      classNames.map((className) => [className, roles] as const),
    ),
  );
  const classes = [...results[0]!.layers.classes].sort((a, b) => (a.className < b.className ? -1 : 1));
  return {
    head: [
      'layer',
      'settings',
      'may begin',
      'stand inside',
      'end a span',
      'as a GraphModel',
      ...results.map(({ name, conformance }) => `${name}, ${conformance.floatPrecision} bits`),
    ],
    rows: classes.map(({ className, settings, refused, written }) => {
      const { begins, inside, ends } = roles.get(className) ?? {};
      return [
        className,
        String(settings),
        ...[begins, inside, ends].map((may) => (may ? 'yes' : '')),
        writtenCell(written, settings - refused),
        ...results.map(({ layers }) =>
          classCell(layers.classes.find((layer) => layer.className === className)),
        ),
      ];
    }),
  };
}

function writtenCell(written: number, settings: number): string {
  if (written === 0) return '';
  return written === settings ? 'yes' : `${written} of ${settings}`;
}

function classCell(result: ClassResult | undefined): string {
  if (!result) return '-';
  const { settings, relativeError, wrong, refused } = result;
  const parts = [
    refused < settings && exponent(relativeError),
    wrong > 0 && `${wrong} wrong`,
    refused > 0 && `${refused} refused`,
  ];
  return parts.filter(Boolean).join(', ');
}

/** One line a known mistake of TensorFlow.js: the backends, the issue, and in which settings it was seen. */
export function faultRows(results: readonly SuiteResult[]): { head: Row; rows: Row[] } {
  return {
    head: ['backend', 'layers', 'what is wrong', 'tensorflow/tfjs issue', 'settings seen wrong'],
    rows: kernelFaults.flatMap(({ what, issues, backends, inTraining, kernelNames }) =>
      results
        .filter(({ name, conformance }) => conformance.floatPrecision > 16 && backends.includes(tfName(name)))
        .map(({ name, layers }) => {
          const seen = layers.faults.find((fault) => fault.what === what);
          return [
            name,
            inTraining ? kernelNames.join(', ') : (seen?.classNames.join(', ') ?? '-'),
            what,
            issues.length > 0 ? issues.map((issue) => `#${issue}`).join(', ') : 'none known',
            inTraining ? 'in training alone' : String(seen?.wrong ?? 0),
          ];
        }),
    ),
  };
}

/** As `tf.getBackend()` has it. */
function tfName(backend: string): string {
  return backend === 'node-gpu' ? 'tensorflow' : backend;
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
