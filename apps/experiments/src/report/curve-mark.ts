import type { GroupMark, Mark } from 'vega';
import { type ArmStyle, armStyles } from './arm-style.js';
import type { Panel } from './panel.js';

type Curve = Panel['curves'][number];

/** The means of an arm as a line in its style. The group around must have the scales `epoch` and `score`. */
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

/** ± One deviation around the means of an arm. */
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
 * The arm's symbol on each `every`-th epoch from `offset` on, where its mean is within the panel. Offsets
 * that differ keep the symbols of lines that lie close apart.
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
 * An arm's last epoch at a place of its own, `x` pixels from the left: its symbol on a bar of ± one
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

/** What a symbol of this arm looks like, wherever it stands. */
export function symbolStyle({ colour, shape, filled }: ArmStyle) {
  return {
    shape: { value: shape },
    size: { value: 46 },
    stroke: { value: colour },
    strokeWidth: { value: 1.5 },
    // Not transparent: the line would be seen through it.
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
