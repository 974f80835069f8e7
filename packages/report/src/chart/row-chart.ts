import type { Axis } from 'vega';
import type { Html } from '../render/html.js';
import { linear, mark, panel, renderChart } from './render-chart.js';

/** A row of numbers that are drawn as bars from 0. */
export interface RowChart {
  readonly alt: string;
  readonly values: readonly number[];
  readonly width: number;
  readonly height: number;
  readonly axes?: readonly Axis[];
  readonly margin?: { readonly left: number; readonly below: number };
  /** A title above the vertical axis. */
  readonly title?: string;
}

export function rowChart({ alt, values, width, height, axes = [], margin, title }: RowChart): Html {
  const low = Math.min(0, ...values);
  const highest = Math.max(0, ...values);
  const high = axes.length > 0 ? linear(highest, height).end : highest;
  const y = (value: number) => height - (height * (value - low)) / (high - low || 1);
  const each = width / values.length;
  const { left = 0, below = 0 } = margin ?? {};
  const top = title === undefined ? 8 : 30;
  return renderChart({
    alt,
    width: left + width + (margin ? 20 : 0),
    height: top + height + below,
    marks: [
      panel({
        x: left,
        y: top,
        width,
        height,
        scales: [
          { name: 'x', type: 'linear', domain: [0, values.length], range: [0, width] },
          { name: 'y', type: 'linear', domain: [low, high || 1], range: [height, 0] },
        ],
        axes,
        marks: [
          ...(title === undefined
            ? []
            : [mark('text', { x: -left, y: -18, text: title, fill: 'var(--soft)' })]),
          ...values.map((value, index) =>
            mark('rect', {
              x: index * each,
              width: Math.max(0.75 * each, each - 1),
              y: Math.min(y(value), y(0)),
              height: Math.abs(y(value) - y(0)),
              fill: 'var(--student)',
            }),
          ),
        ],
      }),
    ],
  });
}
