import { FuseInitError } from '@fuseinit/core';
import type { ValueAnswers, ValueError } from '../data/answers.js';
import type { Chosen } from './chosen.js';

/** @throws ARGUMENT_INVALID for a label that is no finite number. */
export function valueAnswers(chosen: readonly Chosen[], labels: ArrayLike<number>): ValueAnswers {
  const values = Array.from(labels);
  const odd = values.findIndex((value) => !Number.isFinite(value));
  if (odd !== -1) {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      `labels[${odd}] is ${values[odd]}: a finite number was expected.`,
    );
  }
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
