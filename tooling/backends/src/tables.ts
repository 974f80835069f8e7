import { markdownTable } from '@fuseinit/markdown';
import { builtinLayers } from '@fuseinit/registry';
import { kernelFaults } from '@fuseinit/tfjs/testing';
import type { SuiteResult } from './suite.js';
import type { ClassResult } from './sweep/layer-sweep.js';

/** The table has one row for each backend: its accuracy, its speed, and the tensors that it leaked. */
export function backendTable(results: readonly SuiteResult[]): string {
  return markdownTable(
    [
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
    results.map(({ name, computesOn, conformance, golden, mainJob }) => [
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
  );
}

/**
 * The table has one row for each layer class: its place in a span, whether a GraphModel can have it, and each
 * backend's error against the float64 reference.
 */
export function layerTable(results: readonly SuiteResult[]): string {
  const roles = new Map(
    builtinLayers.flatMap(({ classNames, roles }) =>
      classNames.map((className) => [className, roles] as const),
    ),
  );
  const classes = [...results[0]!.layers.classes].sort((a, b) => (a.className < b.className ? -1 : 1));
  return markdownTable(
    [
      'layer',
      'settings',
      'may begin',
      'stand inside',
      'end a span',
      'as a GraphModel',
      ...results.map(({ name, conformance }) => `${name}, ${conformance.floatPrecision} bits`),
    ],
    classes.map(({ className, settings, refused, written }) => {
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
  );
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

/**
 * The table has one row for each known fault of TensorFlow.js: the backends, the issue, and the settings in
 * which it was seen.
 */
export function faultTable(results: readonly SuiteResult[]): string {
  return markdownTable(
    ['backend', 'layers', 'what is wrong', 'tensorflow/tfjs issue', 'settings seen wrong'],
    kernelFaults.flatMap(({ what, issues, backends, inTraining, kernelNames }) =>
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
  );
}

/** Returns the name that `tf.getBackend()` gives. */
function tfName(backend: string): string {
  return backend === 'node-gpu' ? 'tensorflow' : backend;
}

function exponent(value: number): string {
  return value === 0 ? '0' : value.toExponential(0);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
