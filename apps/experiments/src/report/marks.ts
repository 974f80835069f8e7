import type { GroupMark, Mark } from 'vega';
import type { ArmName } from '../experiment.js';
import type { Panel } from './panel.js';

/** The style in which an arm is drawn. */
export interface ArmStyle {
  readonly colour: string;
  /** The lengths of dashes and gaps in pixels; empty for a solid line. */
  readonly dash: readonly number[];
  /** The name of a Vega symbol. */
  readonly shape: string;
  readonly filled: boolean;
  readonly width: number;
}

/**
 * No two arms share both dash and marker, and colours differ in lightness, so that a black and white print
 * distinguishes them. A distilled arm is the dashed form of the same start without distillation; fused arms
 * are heavier than those they are compared with. The colours are those of Okabe and Ito, which colour-blind
 * readers can distinguish.
 */
export const armStyles: Readonly<Record<ArmName, ArmStyle>> = {
  random: { colour: '#000000', dash: [], shape: 'circle', filled: false, width: 1.4 },
  'random, distilled': { colour: '#000000', dash: [6, 3], shape: 'circle', filled: true, width: 1.4 },
  inherited: { colour: '#7a7a7a', dash: [], shape: 'square', filled: false, width: 1.4 },
  composed: { colour: '#7a7a7a', dash: [2, 2], shape: 'diamond', filled: false, width: 1.4 },
  'fused, independent': {
    colour: '#e69f00',
    dash: [8, 2, 2, 2],
    shape: 'triangle-down',
    filled: false,
    width: 1.8,
  },
  fused: { colour: '#56b4e9', dash: [3, 2], shape: 'triangle-up', filled: false, width: 2.2 },
  'fused, refitted': { colour: '#0072b2', dash: [], shape: 'triangle-up', filled: true, width: 2.2 },
  'fused, refitted, distilled': {
    colour: '#d55e00',
    dash: [6, 3],
    shape: 'square',
    filled: true,
    width: 2.2,
  },
};

/** Draws a text that starts at a point in pixels of its group, or ends or is centred there by `align`. */
export function textMark(
  text: string,
  x: number,
  y: number,
  style: {
    readonly align?: 'center' | 'right';
    readonly fontSize?: number;
    readonly fontWeight?: 'bold';
  } = {},
): Mark {
  const values = Object.entries(style).map(([name, value]) => [name, { value }]);
  return {
    type: 'text',
    encode: {
      enter: {
        text: { value: text },
        x: { value: x },
        y: { value: y },
        baseline: { value: 'middle' },
        ...Object.fromEntries(values),
      },
    },
  };
}

/** The style of the teacher's rule in panels and in the legend. */
export const teacherStroke = {
  stroke: { value: '#000000' },
  strokeWidth: { value: 1 },
  strokeDash: { value: [1, 3] },
};

/** Draws the trained teacher's mean score as a rule across a panel and its bars. */
export function teacherMark(score: number, width: number): Mark {
  return {
    type: 'rule',
    encode: {
      enter: { x: { value: 0 }, x2: { value: width }, y: { scale: 'score', value: score }, ...teacherStroke },
    },
  };
}

type Curve = Panel['curves'][number];

/**
 * Draws the means of an arm as a line in its style. The surrounding group must have the scales `epoch` and
 * `score`.
 */
export function lineMark({ arm, points }: Curve): GroupMark {
  const { colour, dash, width } = armStyles[arm];
  return withData(
    points.map(({ mean }, epoch) => ({ epoch, mean })),
    {
      type: 'line',
      encode: {
        enter: {
          x: { scale: 'epoch', field: 'epoch' },
          y: { scale: 'score', field: 'mean' },
          stroke: { value: colour },
          strokeWidth: { value: width },
          strokeDash: { value: [...dash] },
        },
      },
    },
  );
}

/** Draws a band of ± one deviation around the means of an arm. */
export function bandMark({ arm, points }: Curve): GroupMark {
  return withData(
    points.map(({ mean, deviation = 0 }, epoch) => ({
      epoch,
      low: mean - deviation,
      high: mean + deviation,
    })),
    {
      type: 'area',
      encode: {
        enter: {
          x: { scale: 'epoch', field: 'epoch' },
          y: { scale: 'score', field: 'low' },
          y2: { scale: 'score', field: 'high' },
          fill: { value: armStyles[arm].colour },
          fillOpacity: { value: 0.13 },
        },
      },
    },
  );
}

/**
 * Draws the arm's symbol on each `every`-th epoch from `offset` on, where its mean is within the panel.
 * Different offsets keep the symbols of close lines apart.
 */
export function markersMark(
  { arm, points }: Curve,
  domain: Panel['domain'],
  every: number,
  offset: number,
): GroupMark {
  const values = points.flatMap(({ mean }, epoch) =>
    epoch % every === offset % every && mean >= domain[0] && mean <= domain[1] ? [{ epoch, mean }] : [],
  );
  return withData(values, {
    type: 'symbol',
    encode: {
      enter: {
        x: { scale: 'epoch', field: 'epoch' },
        y: { scale: 'score', field: 'mean' },
        ...symbolStyle(armStyles[arm]),
      },
    },
  });
}

/**
 * Draws an arm's last epoch in a place of its own, `x` pixels from the left: its symbol on a bar of ± one
 * deviation.
 */
export function endMarks({ arm, points }: Curve, x: number): Mark[] {
  const { mean, deviation = 0 } = points.at(-1)!;
  const style = armStyles[arm];
  return [
    {
      type: 'rule',
      encode: {
        enter: {
          x: { value: x },
          y: { scale: 'score', value: mean - deviation },
          y2: { scale: 'score', value: mean + deviation },
          stroke: { value: style.colour },
          strokeWidth: { value: style.width },
        },
      },
    },
    {
      type: 'symbol',
      encode: { enter: { x: { value: x }, y: { scale: 'score', value: mean }, ...symbolStyle(style) } },
    },
  ];
}

/** Returns the style of an arm's symbol. */
export function symbolStyle({ colour, shape, filled }: ArmStyle) {
  return {
    shape: { value: shape },
    size: { value: 46 },
    stroke: { value: colour },
    strokeWidth: { value: 1.5 },
    // The fill isn't transparent, since the line would show through.
    fill: { value: filled ? colour : 'white' },
  };
}

function withData(values: readonly object[], mark: Mark): GroupMark {
  return {
    type: 'group',
    data: [{ name: 'points', values: [...values] }],
    marks: [{ ...mark, from: { data: 'points' } }],
  };
}
