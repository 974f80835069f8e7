import type { ClassAnswers, LabelAnswers } from '../data/answers.js';
import type { FusionReport } from '../data/fusion-report.js';
import { amount, bytes, count, error, ratio, seconds, share, signed } from './format.js';
import { type Html, html } from './html.js';
import { accuracyChange, binaryAccuracyChange, speedOf } from './verdict.js';

/** A figure that a reader should see first. */
interface KeyFigure {
  readonly title: string;
  readonly value: string;
  /** The unit beside the value, in a word or two. */
  readonly unit: string;
  readonly lines: readonly string[];
  readonly isBad: boolean;
}

/** The section shows the gain and the costs in five figures. */
export function summarySection(report: FusionReport): Html {
  const figures = [
    speedFigure(report),
    qualityFigure(report),
    errorFigure(report),
    workFigure(report),
    sizeFigure(report),
  ];
  return html`<dl class="figures">
${figures.map(
  ({ title, value, unit, lines, isBad }) =>
    html`<div class="${isBad ? 'bad' : 'good'}"><dt>${title}</dt><dd><b>${value}</b> <span>${unit}</span>${lines.map((line) => html`<small>${line}</small>`)}</dd></div>\n`,
)}</dl>`;
}

function errorFigure({ outputs, spans }: FusionReport): KeyFigure {
  const worst = Math.max(0, ...outputs.map(({ relativeMse }) => relativeMse));
  const worstSpan = Math.max(0, ...spans.map(({ final }) => final.relativeMse));
  return {
    title: outputs.length === 1 ? 'Error of the output' : 'Error of the worst output',
    value: error(worst),
    unit: 'relative MSE',
    lines: ['0 is exact, 1 no better than the mean', `worst span ${error(worstSpan)}`],
    isBad: worst >= 1,
  };
}

function workFigure({ teacher, student }: FusionReport): KeyFigure {
  const [before, after] = [teacher.cost.multiplyAdds, student.cost.multiplyAdds];
  return {
    title: 'Multiply-adds',
    value: ratio(after / (before || 1)),
    unit: after > before ? 'more work' : 'of the work',
    lines: [`${amount(before)} → ${amount(after)} a sample`],
    isBad: after > before,
  };
}

function sizeFigure({ teacher, student }: FusionReport): KeyFigure {
  const [before, after] = [teacher.cost, student.cost];
  return {
    title: 'Parameters',
    value: ratio(after.parameters / (before.parameters || 1)),
    unit: after.parameters > before.parameters ? 'larger' : 'of the size',
    lines: [
      `${amount(before.parameters)} → ${amount(after.parameters)}`,
      `${bytes(before.bytes)} → ${bytes(after.bytes)}`,
    ],
    isBad: after.parameters > before.parameters,
  };
}

/**
 * The figure is the accuracy if labels are classes, the error if they are numbers, and the agreement if there
 * are none.
 */
function qualityFigure({ answers, samples }: FusionReport): KeyFigure {
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

function speedFigure({ given, latency }: FusionReport): KeyFigure {
  const title = 'Speed, warm';
  if (!latency) {
    return {
      title,
      value: '–',
      unit: 'not measured',
      lines: ['This report has no latency.'],
      isBad: false,
    };
  }
  const { factor, low, high, verdict } = speedOf(latency);
  const { teacher, student, backend, batchSize } = latency;
  const unit = { faster: 'as fast', notFaster: 'NOT faster', unclear: 'as fast, or chance' }[verdict];
  const lines = [
    `${seconds(teacher.warm.median)} → ${seconds(student.warm.median)}, ${backend}, batch of ${batchSize}`,
    `${ratio(low)} to ${ratio(high)}${given ? ', beside the simplified teacher' : ''}`,
    ...(given?.latency ? [`${seconds(given.latency.warm.median)} as given`] : []),
  ];
  return { title, value: ratio(factor), unit, lines, isBad: verdict !== 'faster' };
}
