import type { FusionReport } from '../data/fusion-report.js';
import { accuracyChange } from './accuracy-change.js';
import { amount, bytes, count, error, ratio, seconds, share, signed } from './format.js';
import { type Html, html } from './html.js';
import { speedOf } from './speed.js';

interface Figure {
  readonly title: string;
  readonly value: string;
  /** Beside the value, in a word or two. */
  readonly unit: string;
  readonly lines: readonly string[];
  readonly isBad: boolean;
}

/** What was gained and what it cost, in five figures. */
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

function speedFigure({ latency }: FusionReport): Figure {
  const title = 'Speed, warm';
  if (!latency) {
    return {
      title,
      value: '–',
      unit: 'not measured',
      lines: ['No latency came with this report.'],
      isBad: false,
    };
  }
  const { factor, low, high, verdict } = speedOf(latency);
  const { teacher, student, backend, batchSize } = latency;
  const unit = { faster: 'as fast', notFaster: 'NOT faster', unclear: 'spreads overlap' }[verdict];
  const lines = [
    `${seconds(teacher.warm.median)} → ${seconds(student.warm.median)}, ${backend}, batch of ${batchSize}`,
    `spread ${ratio(low)} to ${ratio(high)}`,
  ];
  return { title, value: ratio(factor), unit, lines, isBad: verdict !== 'faster' };
}

function qualityFigure({ answers, samples }: FusionReport): Figure {
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

function errorFigure({ outputs, spans }: FusionReport): Figure {
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

function workFigure({ teacher, student }: FusionReport): Figure {
  const [before, after] = [teacher.cost.multiplyAdds, student.cost.multiplyAdds];
  return {
    title: 'Multiply-adds',
    value: ratio(after / (before || 1)),
    unit: after > before ? 'more work' : 'of the work',
    lines: [`${amount(before)} → ${amount(after)} a sample`],
    isBad: after > before,
  };
}

function sizeFigure({ teacher, student }: FusionReport): Figure {
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
