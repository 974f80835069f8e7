import type { FusionReport } from '../data/fusion-report.js';
import { accuracyChange } from './accuracy-change.js';
import { count, error, ratio, share, signed } from './format.js';
import type { KeyFigure } from './key-figure.js';

/** Accuracy where labels are classes, error where they are values, agreement where there are none. */
export function qualityFigure({ answers, samples }: FusionReport): KeyFigure {
  const on = `on ${count(samples)} held-out samples`;
  if (answers?.kind === 'values') {
    const [before, after] = [answers.teacher, answers.student].map(({ meanSquareError }) =>
      Math.sqrt(meanSquareError),
    );
    return {
      title: 'Root mean square error',
      value: error(after!),
      unit: `from ${error(before!)}`,
      lines: [`${ratio(after! / (before! || 1))} the teacher's, ${on}`],
      isBad: after! > before!,
    };
  }
  if (!answers?.labelled) {
    const value = answers ? share(answers.agreement) : '–';
    const unit = answers ? 'same answers' : 'no labels';
    return { title: answers ? 'Agreement' : 'Accuracy', value, unit, lines: [on], isBad: false };
  }
  const { teacherAccuracy, studentAccuracy } = answers.labelled;
  const { change, low, high } = accuracyChange(answers.labelled);
  return {
    title: 'Accuracy',
    value: share(studentAccuracy),
    unit: `from ${share(teacherAccuracy)}`,
    lines: [
      `${signed(100 * change, 1)} points, 95 % interval ${signed(100 * low, 1)} to ${signed(100 * high, 1)}`,
      on,
    ],
    isBad: high < 0,
  };
}
