import type { LabelAnswers, LabelledAnswers } from '../data/answers.js';

/** Student's accuracy less the teacher's, and the 95 % interval of it for samples like these. */
export interface AccuracyChange {
  readonly change: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Both networks answered the same samples, so only those that one alone gets right tell (as in McNemar's
 * test).
 */
export function accuracyChange(answers: LabelledAnswers): AccuracyChange {
  const { bothRight, onlyTeacherRight, onlyStudentRight, bothWrong } = answers;
  const samples = bothRight + onlyTeacherRight + onlyStudentRight + bothWrong;
  const change = (onlyStudentRight - onlyTeacherRight) / samples;
  const variance = (onlyStudentRight + onlyTeacherRight) / samples - change ** 2;
  const margin = 1.96 * Math.sqrt(Math.max(0, variance) / samples);
  return { change, low: change - margin, high: change + margin };
}

/** The same of binary accuracy, whose labels of one sample don't vary apart from each other. */
export function binaryAccuracyChange({
  teacher,
  student,
  standardError,
}: NonNullable<LabelAnswers['labelled']>): AccuracyChange {
  const change = student.binaryAccuracy - teacher.binaryAccuracy;
  // One sample shows no spread: the change may be anything.
  const margin = standardError === null ? 1 : 1.96 * standardError;
  return { change, low: change - margin, high: change + margin };
}
