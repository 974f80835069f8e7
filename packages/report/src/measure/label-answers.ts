import { FuseInitError } from '@fuseinit/core';
import type { LabelAnswers } from '../data/answers.js';
import type { Chosen } from './chosen.js';

/** What each network answers for every label of a sample, 0 or 1. */
export type ChosenLabels = Readonly<Record<keyof Chosen, Uint8Array>>;

/**
 * @param chosen A sample each.
 * @param labels [samples, width]
 * @throws ARGUMENT_INVALID for a label that is neither 0 nor 1.
 */
export function labelAnswers(
  chosen: readonly ChosenLabels[],
  labels: ArrayLike<number> | undefined,
  width: number,
): LabelAnswers {
  const same = chosen.map(({ teacher, student }) => shareAlike(student, (index) => teacher[index]!));
  return {
    kind: 'labels',
    agreement: mean(same),
    sampleAgreement: shareOfAll(same),
    labelled: labels ? labelledAnswers(chosen, labels, width) : null,
  };
}

function labelledAnswers(
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
