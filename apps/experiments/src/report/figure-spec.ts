import type { Spec } from 'vega';
import type { ExperimentReport } from './experiment-report.js';
import { legendMark } from './legend-mark.js';
import { panelOf } from './panel.js';
import { panelMark } from './panel-mark.js';

const left = 56;
const top = 30;
const courseWidth = 400;
const endWidth = 150;
const height = 250;
/** From one panel's top to the next one's. */
const step = 345;
const legendWidth = 190;
/** For the last panel's horizontal axis. */
const below = 40;

/**
 * The test scores of an experiment by epoch: a panel for each stage, the legend in a column of its own.
 *
 * @returns Undefined where no student has been trained to the end.
 */
export function figureSpec(report: ExperimentReport): Spec | undefined {
  const { stages, teacher, task, experiment } = report;
  const panels = stages.flatMap((stage) => panelOf(stage, teacher, task) ?? []);
  if (panels.length === 0) return undefined;
  const arms = experiment.arms.filter((name) =>
    panels.some(({ curves }) => curves.some(({ arm }) => arm === name)),
  );
  const panelWidth = courseWidth + endWidth + 80;
  return {
    $schema: 'https://vega.github.io/schema/vega/v6.json',
    width: left + panelWidth + legendWidth,
    height: top + (panels.length - 1) * step + height + below,
    padding: 8,
    background: 'white',
    config: {
      text: { font: 'sans-serif', fontSize: 13, fill: '#000000' },
      axis: {
        labelFont: 'sans-serif',
        labelFontSize: 12,
        titleFont: 'sans-serif',
        titleFontSize: 13,
        titleFontWeight: 'normal',
        gridColor: '#e4e4e4',
      },
    },
    marks: [
      ...panels.map((panel, index) =>
        panelMark(panel, arms, task, { x: left, y: top + index * step, courseWidth, endWidth, height }),
      ),
      legendMark(arms, left + panelWidth, top + 6),
    ],
  };
}
