import { FuseInitError } from '@fuseinit/core';
import {
  classIndices,
  classThreshold,
  hasIndependentOutputs,
  type LabelTask,
  labelEvidence,
  labelTask,
  outputTask,
} from '@fuseinit/tfjs/internal';
import type { CreateReportOptions } from '../create-report-options.js';
import type {
  Answers,
  ClassAnswers,
  LabelAnswers,
  LabelledAnswers,
  ValueAnswers,
  ValueError,
} from '../data/answers.js';

/** Gathers the answers of both networks on their first output, and the labels if there are any. */
export interface AnswerTally {
  add(teacher: ArrayLike<number>, student: ArrayLike<number>, samples: number): void;
  /** @throws SHAPE_MISMATCH, ARGUMENT_INVALID if the labels don't fit the output. */
  answers(): Answers | null;
}

/** @param shape The shape of the first output for one sample. */
export function createAnswerTally(
  { given, teacher, labels, classNames, task: asked, threshold }: CreateReportOptions,
  shape: readonly number[],
): AnswerTally {
  // The original layers show best what the outputs are for; simplifying may remove a final activation.
  const model = given ?? teacher;
  const width = shape.reduce((product, length) => product * length, 1);
  const isRow = shape.at(-1) === width;
  const areIndependent = width > 1 && (asked ? asked === 'multiLabel' : hasIndependentOutputs(model));
  const chosen: Chosen[] = [];
  const chosenLabels: ChosenLabels[] = [];
  const errors: Record<keyof Chosen, NumberErrors> = {
    teacher: { squares: 0, absolute: 0 },
    student: { squares: 0, absolute: 0 },
  };
  const choose = (scores: ArrayLike<number>, row: number): number => {
    if (width === 1) return scores[row]!;
    let best = 0;
    for (let index = 1; index < width; index++) {
      if (scores[row * width + index]! > scores[row * width + best]!) best = index;
    }
    return best;
  };
  const cut = (outputs: ArrayLike<number>, row: number, above: number) =>
    Uint8Array.from({ length: width }, (_, index) => Number(outputs[row * width + index]! > above));
  // Labels may turn out to be classes only after all samples are seen; then these sums aren't used.
  const addErrors = (sums: NumberErrors, outputs: ArrayLike<number>, samples: number): void => {
    for (let index = 0; index < samples * width; index++) {
      const error = outputs[index]! - labels![chosen.length * width + index]!;
      sums.squares += error * error;
      sums.absolute += Math.abs(error);
    }
  };
  const taskOf = (): LabelTask | undefined => {
    const count = labels?.length ?? 0;
    if (labels && count !== chosen.length && count !== chosen.length * width)
      throw wrongCount(count, chosen.length, 1);
    if (asked) return asked;
    if (labels) return labelTask(model, labelEvidence(labels, chosen.length));
    if (areIndependent) return 'multiLabel';
    return classNames && width > 1 && classNames.length === width ? 'classification' : outputTask(model);
  };
  const answersOfClasses = (): Answers => {
    const classes = labels && classIndices(labels, chosen.length, width);
    if (width > 1) return classAnswers(chosen, classes, width);
    const above = threshold ?? classThreshold(model);
    const sides = chosen.map(({ teacher, student }) => ({
      teacher: Number(teacher > above),
      student: Number(student > above),
    }));
    return classAnswers(sides, classes, 2);
  };
  return {
    add(teacher, student, samples) {
      if (labels) {
        addErrors(errors.teacher, teacher, samples);
        addErrors(errors.student, student, samples);
      }
      const above = areIndependent ? (threshold ?? classThreshold(model)) : 0;
      for (let row = 0; row < samples; row++) {
        if (areIndependent)
          chosenLabels.push({ teacher: cut(teacher, row, above), student: cut(student, row, above) });
        chosen.push({ teacher: choose(teacher, row), student: choose(student, row) });
      }
    },
    answers() {
      const task = taskOf();
      if (task === 'classification' && isRow) return answersOfClasses();
      if (task === 'multiLabel') {
        if (labels && labels.length !== chosen.length * width)
          throw wrongCount(labels.length, chosen.length, width);
        return labelAnswers(chosenLabels, labels, width);
      }
      if (!labels) return null;
      if (task === 'classification') {
        throw new FuseInitError(
          'ARGUMENT_INVALID',
          `the labels are classes, but the first output has the shape [${shape.join(', ')}] for a sample: leave the labels out, since accuracy is defined for one row of classes only.`,
        );
      }
      if (labels.length !== chosen.length * width) throw wrongCount(labels.length, chosen.length, width);
      return valueAnswers(errors, labels, width);
    },
  };
}

function wrongCount(labels: number, samples: number, width: number): FuseInitError {
  return new FuseInitError(
    'SHAPE_MISMATCH',
    `there are ${labels} labels for ${samples} samples: ${width === 1 ? 'one' : `${width} numbers`} for each was expected.`,
  );
}

/** The answers of both networks for a sample: class indices or numbers. */
interface Chosen {
  readonly teacher: number;
  readonly student: number;
}

/**
 * @param width The number of classes.
 * @throws ARGUMENT_INVALID for a label that is none of them.
 */
function classAnswers(
  chosen: readonly Chosen[],
  labels: ArrayLike<number> | undefined,
  width: number,
): ClassAnswers {
  const agreeing = chosen.filter(({ teacher, student }) => teacher === student).length;
  return {
    kind: 'classes',
    agreement: agreeing / chosen.length,
    labelled: labels ? labelledByClass(chosen, labels, width) : null,
  };
}

function labelledByClass(
  chosen: readonly Chosen[],
  labels: ArrayLike<number>,
  width: number,
): LabelledAnswers {
  const classes = Array.from({ length: width }, () => ({ count: 0, teacherRight: 0, studentRight: 0 }));
  let bothRight = 0;
  for (const [index, { teacher, student }] of chosen.entries()) {
    const label = labels[index]!;
    const own = classes[label];
    if (!own) {
      throw new FuseInitError(
        'ARGUMENT_INVALID',
        `labels[${index}] is ${label}: the index of one of ${width} classes was expected.`,
      );
    }
    own.count++;
    if (teacher === label) own.teacherRight++;
    if (student === label) own.studentRight++;
    if (teacher === label && student === label) bothRight++;
  }
  const teacherRight = classes.reduce((sum, own) => sum + own.teacherRight, 0);
  const studentRight = classes.reduce((sum, own) => sum + own.studentRight, 0);
  return {
    teacherAccuracy: teacherRight / chosen.length,
    studentAccuracy: studentRight / chosen.length,
    bothRight,
    onlyTeacherRight: teacherRight - bothRight,
    onlyStudentRight: studentRight - bothRight,
    bothWrong: chosen.length - teacherRight - studentRight + bothRight,
    classes,
  };
}

/** The answers of each network for every label of a sample, 0 or 1. */
type ChosenLabels = Readonly<Record<keyof Chosen, Uint8Array>>;

/**
 * @param chosen One element for each sample.
 * @param labels [samples, width]
 * @throws ARGUMENT_INVALID for a label that is neither 0 nor 1.
 */
function labelAnswers(
  chosen: readonly ChosenLabels[],
  labels: ArrayLike<number> | undefined,
  width: number,
): LabelAnswers {
  const same = chosen.map(({ teacher, student }) => shareAlike(student, (index) => teacher[index]!));
  return {
    kind: 'labels',
    agreement: mean(same),
    sampleAgreement: shareOfAll(same),
    labelled: labels ? labelledOneByOne(chosen, labels, width) : null,
  };
}

function labelledOneByOne(
  chosen: readonly ChosenLabels[],
  labels: ArrayLike<number>,
  width: number,
): LabelAnswers['labelled'] {
  const odd = Array.prototype.findIndex.call(labels, (label) => label !== 0 && label !== 1);
  if (odd !== -1) {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      `labels[${odd}] is ${labels[odd]}: 0 or 1 was expected for each of ${width} labels of a sample.`,
    );
  }
  const right = (network: keyof Chosen) =>
    chosen.map((answers, row) => shareAlike(answers[network], (index) => labels[row * width + index]!));
  const [teacher, student] = [right('teacher'), right('student')];
  const changes = student.map((share, row) => share - teacher[row]!);
  const change = mean(changes);
  const count = chosen.length;
  const variance = changes.reduce((sum, one) => sum + (one - change) ** 2, 0) / (count - 1);
  return {
    teacher: { binaryAccuracy: mean(teacher), exactMatch: shareOfAll(teacher) },
    student: { binaryAccuracy: mean(student), exactMatch: shareOfAll(student) },
    standardError: count > 1 ? Math.sqrt(variance / count) : null,
  };
}

function shareAlike(answers: Uint8Array, expected: (index: number) => number): number {
  return answers.filter((answer, index) => answer === expected(index)).length / answers.length;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

const shareOfAll = (shares: readonly number[]) => mean(shares.map((share) => Number(share === 1)));

/** Sums over all samples and all numbers of an output. */
interface NumberErrors {
  squares: number;
  absolute: number;
}

/**
 * @param labels [samples, width]
 * @throws ARGUMENT_INVALID for a label that is no finite number.
 */
function valueAnswers(
  errors: Readonly<Record<keyof Chosen, NumberErrors>>,
  labels: ArrayLike<number>,
  width: number,
): ValueAnswers {
  const values = Array.from(labels);
  const odd = values.findIndex((value) => !Number.isFinite(value));
  if (odd !== -1) {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      `labels[${odd}] is ${values[odd]}: a finite number was expected.`,
    );
  }
  const samples = values.length / width;
  // The numbers of an output may have scales of their own, so each one varies about its own mean.
  const means = Array.from({ length: width }, () => 0);
  for (const [index, value] of values.entries()) means[index % width]! += value / samples;
  const errorOf = ({ squares, absolute }: NumberErrors): ValueError => ({
    meanSquareError: squares / values.length,
    meanAbsoluteError: absolute / values.length,
  });
  return {
    kind: 'values',
    teacher: errorOf(errors.teacher),
    student: errorOf(errors.student),
    labelVariance:
      values.reduce((sum, value, index) => sum + (value - means[index % width]!) ** 2, 0) / values.length,
  };
}
