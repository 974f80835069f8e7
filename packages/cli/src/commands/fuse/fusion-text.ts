import type { Answers, FusionReport } from '@fuseinit/report';
import type { FuseReport, ModelCost } from '@fuseinit/tfjs';
import { count, error, large, milliseconds, percent, shape, times } from '../../terminal/figures.js';
import { printable } from '../../terminal/printable.js';
import { table } from '../../terminal/table.js';

interface MadeStudent {
  /** Where it was saved. */
  readonly student: string;
  readonly fused: FuseReport;
  readonly report: FusionReport | undefined;
}

export function fusionText({ student, fused, report }: MadeStudent): string {
  return [
    networksOf(fused, report),
    '',
    spansOf(fused),
    '',
    outputsOf(fused, report),
    `Saved in ${printable(student)}${report ? ', with report.html and report.json' : ''}.`,
  ].join('\n');
}

function networksOf(fused: FuseReport, report: FusionReport | undefined): string {
  const costs = (head: string, of: (cost: ModelCost) => number, told: (value: number) => string) => {
    const [teacher, student] = [of(fused.teacher), of(fused.student)];
    return [head, told(teacher), told(student), times(student, teacher)];
  };
  return table(
    [
      { head: '' },
      { head: 'teacher', align: 'right' },
      { head: 'student', align: 'right' },
      { head: '', align: 'right' },
    ],
    [
      costs('layers with weights', ({ depth }) => depth, count),
      costs('parameters', ({ parameters }) => parameters, count),
      costs('multiply-adds', ({ multiplyAdds }) => multiplyAdds, large),
      ...latencyRow(report),
      ...answerRows(report?.answers ?? null),
    ],
  );
}

function latencyRow(report: FusionReport | undefined): string[][] {
  if (!report?.latency) return [];
  const { backend, teacher, student } = report.latency;
  const [before, after] = [teacher.warm.median, student.warm.median];
  return [[`latency, ${backend}`, milliseconds(before), milliseconds(after), times(after, before)]];
}

function answerRows(answers: Answers | null): string[][] {
  if (answers?.kind === 'values') {
    const { teacher, student } = answers;
    const told = [teacher, student].map(({ meanSquareError }) => meanSquareError.toPrecision(3));
    return [['mean square error', ...told, '']];
  }
  if (!answers?.labelled) return [];
  if (answers.kind === 'labels') {
    const { teacher, student } = answers.labelled;
    return [
      ['binary accuracy', percent(teacher.binaryAccuracy), percent(student.binaryAccuracy), ''],
      ['every label right', percent(teacher.exactMatch), percent(student.exactMatch), ''],
    ];
  }
  const { teacherAccuracy, studentAccuracy } = answers.labelled;
  return [['accuracy', percent(teacherAccuracy), percent(studentAccuracy), '']];
}

function spansOf({ spans }: FuseReport): string {
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

function outputsOf(
  { outputRelativeMse, outputMeasuredOn, heldOut }: FuseReport,
  report: FusionReport | undefined,
): string {
  const measured =
    outputMeasuredOn === 'heldOut'
      ? `${count(heldOut.samples)} held-out samples (${percent(heldOut.share)})`
      : 'the samples that were solved on';
  const errors = outputRelativeMse
    .map(({ relativeMse, standardError }) =>
      standardError === null ? error(relativeMse) : `${error(relativeMse)} ± ${error(standardError)}`,
    )
    .join(', ');
  const answers = report?.answers;
  const agreement =
    answers?.kind === 'classes'
      ? `\nBoth answer the same on ${percent(answers.agreement)} of ${count(report!.samples)} samples.`
      : answers?.kind === 'labels'
        ? `\nBoth answer the same for ${percent(answers.agreement)} of all labels, and for every label of ${percent(answers.sampleAgreement)} of ${count(report!.samples)} samples.`
        : '';
  return `Relative MSE of the student's output: ${errors}, on ${measured}.${agreement}`;
}
