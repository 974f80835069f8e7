import type { FusionReport } from '../data/fusion-report.js';
import { amount, bytes, error, ratio } from './format.js';
import { type Html, html } from './html.js';
import type { KeyFigure } from './key-figure.js';
import { qualityFigure } from './quality-figure.js';
import { speedFigure } from './speed-figure.js';

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
