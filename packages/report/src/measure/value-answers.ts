import { FuseInitError } from '@fuseinit/core';
import type { ValueAnswers, ValueError } from '../data/answers.js';
import type { Chosen } from './chosen.js';

/** Sums over all samples and numbers of an output. */
export interface NumberErrors {
  squares: number;
  absolute: number;
}

/**
 * @param labels [samples, width]
 * @throws ARGUMENT_INVALID for a label that is no finite number.
 */
export function valueAnswers(
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
  // Numbers of an output may have scales of their own: each varies about its own mean.
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
