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
import type { Answers } from '../data/answers.js';
import type { Chosen } from './chosen.js';
import { classAnswers } from './class-answers.js';
import { type ChosenLabels, labelAnswers } from './label-answers.js';
import { type NumberErrors, valueAnswers } from './value-answers.js';

/** Answers of both networks by their first output, and labels where there are any. */
export interface AnswerTally {
  add(teacher: ArrayLike<number>, student: ArrayLike<number>, samples: number): void;
  /** @throws SHAPE_MISMATCH, ARGUMENT_INVALID for labels that don't fit. */
  answers(): Answers | null;
}

/** @param shape Of the first output of one sample. */
export function createAnswerTally(
  { given, teacher, labels, classNames, task: asked, threshold }: CreateReportOptions,
  shape: readonly number[],
): AnswerTally {
  // The layers as they were trained tell what outputs are for.
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
  // Until all samples are seen, labels may turn out to be classes; then these go unused.
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
          `labels of classes came for a first output of [${shape.join(', ')}] a sample: leave them out, since accuracy is known for one row of classes only.`,
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
    `${labels} labels came for ${samples} samples: ${width === 1 ? 'one' : `${width} numbers`} for each was expected.`,
  );
}
