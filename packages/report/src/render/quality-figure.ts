import type { ClassAnswers, LabelAnswers } from '../data/answers.js';
import type { FusionReport } from '../data/fusion-report.js';
import { accuracyChange, binaryAccuracyChange } from './accuracy-change.js';
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
    const unit = answers ? `same ${answers.kind === 'labels' ? 'labels' : 'answers'}` : 'no labels';
    return { title: answers ? 'Agreement' : 'Accuracy', value, unit, lines: [on], isBad: false };
  }
  const { title, before, after, change } = accuracies(answers);
  return {
    title,
    value: share(after),
    unit: `from ${share(before)}`,
    lines: [
      `${signed(100 * change.change, 1)} points, 95 % interval ${signed(100 * change.low, 1)} to ${signed(100 * change.high, 1)}`,
      on,
    ],
    isBad: change.high < 0,
  };
}

function accuracies(answers: ClassAnswers | LabelAnswers) {
  if (answers.kind === 'labels') {
    const { teacher, student } = answers.labelled!;
    const change = binaryAccuracyChange(answers.labelled!);
    return {
      title: 'Binary accuracy',
      before: teacher.binaryAccuracy,
      after: student.binaryAccuracy,
      change,
    };
  }
  const { teacherAccuracy, studentAccuracy } = answers.labelled!;
  return {
    title: 'Accuracy',
    before: teacherAccuracy,
    after: studentAccuracy,
    change: accuracyChange(answers.labelled!),
  };
}
