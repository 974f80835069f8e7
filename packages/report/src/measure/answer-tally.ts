import { FuseInitError } from '@fuseinit/core';
import type { Answers, LabelledAnswers, ValueError } from '../data/answers.js';

/** Answers of both networks by an output of [batch, width], and labels where there are any. */
export interface AnswerTally {
  add(teacher: ArrayLike<number>, student: ArrayLike<number>, samples: number): void;
  /** @throws SHAPE_MISMATCH, ARGUMENT_INVALID for labels that don't fit. */
  answers(): Answers | null;
}

/** Rounding of float32 that a softmax's sum may show. */
const sumTolerance = 1e-3;

/**
 * Whether outputs score classes shows in them and in the labels: rows of probabilities, or labels that are indices.
 *
 * @param width Of the output; undefined where it isn't [batch, width].
 */
export function createAnswerTally(
  width: number | undefined,
  labels: ArrayLike<number> | undefined,
  classNames: readonly string[] | undefined,
): AnswerTally {
  const chosen: { readonly teacher: number; readonly student: number }[] = [];
  let areProbabilities = true;
  const choose = (scores: ArrayLike<number>, row: number): number => {
    let best = 0;
    let sum = 0;
    for (let index = 0; index < width!; index++) {
      const score = scores[row * width! + index]!;
      if (score > scores[row * width! + best]!) best = index;
      if (score < 0 || score > 1) areProbabilities = false;
      sum += score;
    }
    if (width! > 1 && Math.abs(sum - 1) > sumTolerance) areProbabilities = false;
    return width === 1 ? scores[row]! : best;
  };
  return {
    add(teacher, student, samples) {
      if (width === undefined) return;
      for (let row = 0; row < samples; row++) {
        chosen.push({ teacher: choose(teacher, row), student: choose(student, row) });
      }
    },
    answers() {
      if (width === undefined) {
        if (labels)
          throw invalid('labels came for a first output that is not [batch, width]: leave them out.');
        return null;
      }
      if (labels && labels.length !== chosen.length) {
        throw new FuseInitError(
          'SHAPE_MISMATCH',
          `${labels.length} labels came for ${chosen.length} samples: one for each was expected.`,
        );
      }
      if (width > 1) {
        if (!labels && !areProbabilities && classNames?.length !== width) return null;
        return classAnswers(chosen, labels, width);
      }
      if (!labels) return null;
      const isBinary = areProbabilities && Array.from(labels).every((label) => label === 0 || label === 1);
      if (!isBinary) return valueAnswers(chosen, labels);
      const sides = chosen.map(({ teacher, student }) => ({
        teacher: Number(teacher > 0.5),
        student: Number(student > 0.5),
      }));
      return classAnswers(sides, labels, 2);
    },
  };
}

interface Chosen {
  readonly teacher: number;
  readonly student: number;
}

function classAnswers(
  chosen: readonly Chosen[],
  labels: ArrayLike<number> | undefined,
  width: number,
): Answers {
  const agreeing = chosen.filter(({ teacher, student }) => teacher === student).length;
  return {
    kind: 'classes',
    agreement: agreeing / chosen.length,
    labelled: labels ? labelledAnswers(chosen, labels, width) : null,
  };
}

function labelledAnswers(
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
      throw invalid(`labels[${index}] is ${label}: the index of one of ${width} classes was expected.`);
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

function valueAnswers(chosen: readonly Chosen[], labels: ArrayLike<number>): Answers {
  const values = Array.from(labels);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const errorOf = (network: keyof Chosen): ValueError => {
    const errors = chosen.map((answer, index) => answer[network] - values[index]!);
    return {
      meanSquareError: errors.reduce((sum, error) => sum + error * error, 0) / errors.length,
      meanAbsoluteError: errors.reduce((sum, error) => sum + Math.abs(error), 0) / errors.length,
    };
  };
  return {
    kind: 'values',
    teacher: errorOf('teacher'),
    student: errorOf('student'),
    labelVariance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length,
  };
}

function invalid(message: string): FuseInitError {
  return new FuseInitError('ARGUMENT_INVALID', message);
}
