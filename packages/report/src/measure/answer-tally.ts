import { FuseInitError } from '@fuseinit/core';
import type { Answers } from '../data/answers.js';
import type { Chosen } from './chosen.js';
import { classAnswers } from './class-answers.js';
import { valueAnswers } from './value-answers.js';

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
  const chosen: Chosen[] = [];
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
          throw new FuseInitError(
            'ARGUMENT_INVALID',
            'labels came for a first output that is not [batch, width]: leave them out.',
          );
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
