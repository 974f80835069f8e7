import { type GroupMark, type Mark, parse, resetSVGDefIds, type Spec, View } from 'vega';
import type { ArmName } from '../experiment.js';
import type { ExperimentReport } from './experiment-report.js';
import { armStyles, symbolStyle, teacherStroke, textMark } from './marks.js';
import { panelOf } from './panel.js';
import { panelMark } from './panel-mark.js';

const left = 56;
const top = 30;
const courseWidth = 400;
const endWidth = 150;
const height = 250;
/** The distance from one panel's top to the next one's. */
const step = 345;
const legendWidth = 190;
/** The room for the last panel's horizontal axis. */
const below = 40;

/**
 * Specifies the figure of an experiment's test scores by epoch: a panel for each stage, and a column for the
 * legend.
 *
 * @returns Undefined if no student is trained completely.
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

const rowHeight = 22;
const lineLength = 34;

/**
 * Draws the legend: each arm's line and symbol with its name, then the teacher's rule, then the meaning of
 * bars and bands.
 */
function legendMark(arms: readonly ArmName[], x: number, y: number): GroupMark {
  const armRows = arms.flatMap((arm, row): Mark[] => {
    const style = armStyles[arm];
    const { colour, width, dash } = style;
    return [
      ruleMark(row, {
        stroke: { value: colour },
        strokeWidth: { value: width },
        strokeDash: { value: [...dash] },
      }),
      {
        type: 'symbol',
        encode: {
          enter: { x: { value: lineLength / 2 }, y: { value: row * rowHeight }, ...symbolStyle(style) },
        },
      },
      textMark(arm, lineLength + 8, row * rowHeight, { fontSize: 12 }),
    ];
  });
  const below = arms.length;
  const notes = ['Lines: means over seeds.', 'Bars, bands: ± one deviation.'];
  return {
    type: 'group',
    encode: { enter: { x: { value: x }, y: { value: y } } },
    marks: [
      ...armRows,
      ruleMark(below, teacherStroke),
      textMark('teacher, trained', lineLength + 8, below * rowHeight, { fontSize: 12 }),
      ...notes.map((note, row) =>
        textMark(note, 0, (below + 1.3 + row * 0.75) * rowHeight, { fontSize: 11 }),
      ),
    ],
  };
}

function ruleMark(row: number, stroke: object): Mark {
  const y = { value: row * rowHeight };
  return {
    type: 'rule',
    encode: { enter: { x: { value: 0 }, x2: { value: lineLength }, y, ...stroke } },
  };
}

/** Renders a specification as SVG text. Equal specifications give equal text. */
export async function renderFigure(spec: Spec): Promise<string> {
  // Vega counts clip paths per process: an earlier figure would change the identifiers of this one.
  resetSVGDefIds();
  const view = new View(parse(spec), { renderer: 'none' });
  try {
    return `${await view.toSVG()}\n`;
  } finally {
    view.finalize();
  }
}
