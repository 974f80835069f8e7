import { FuseInitError } from '@fuseinit/core';
import type { ClassAnswers, LabelledAnswers } from '../data/answers.js';
import type { Chosen } from './chosen.js';

/**
 * @param width How many classes there are.
 * @throws ARGUMENT_INVALID for a label that is none of them.
 */
export function classAnswers(
  chosen: readonly Chosen[],
  labels: ArrayLike<number> | undefined,
  width: number,
): ClassAnswers {
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
