import type { Mark } from 'vega';
import type { SpanResult } from '../data/fusion-report.js';
import { error } from '../render/format.js';
import type { Html } from '../render/html.js';
import { linear, mark, panel, renderChart } from './render-chart.js';

const [left, top, width, step, below] = [34, 8, 320, 46, 40];

/** The errors of a span in the order in which they are measured, each with a marker shape of its own. */
export const errorKinds = [
  { key: 'predicted', title: 'predicted', shape: 'diamond', filled: false, glyph: '◇' },
  { key: 'heldOut', title: 'held-out, when solved', shape: 'circle', filled: false, glyph: '○' },
  { key: 'final', title: 'final, in the student', shape: 'square', filled: true, glyph: '■' },
] as const;

/**
 * The chart has one line for each span and shows how far its predicted, solved and final errors lie apart.
 */
export function spanChart(spans: readonly SpanResult[]): Html {
  const rows = spans.map((span) => ({
    predicted: span.predictedRelativeMse,
    heldOut: span.heldOutRelativeMse,
    final: span.final.relativeMse,
  }));
  const known = rows.flatMap((row) => Object.values(row).filter((value) => value !== null));
  const x = linear(Math.max(...known), width);
  const height = step * spans.length;
  const alt = spans.map(
    ({ name, final, heldOutRelativeMse }) =>
      `${name}: ${heldOutRelativeMse === null ? '' : `held-out ${error(heldOutRelativeMse)}, `}final ${error(final.relativeMse)}`,
  );
  const marks = rows.flatMap((row, index): Mark[] => {
    const y = step * (index + 0.5);
    const values = Object.values(row).filter((value) => value !== null);
    return [
      mark('text', {
        x: -22,
        y,
        text: index + 1,
        align: 'center',
        baseline: 'middle',
        fontWeight: 'bold',
        fontSize: 13,
        fill: 'var(--student)',
      }),
      mark('rule', {
        x: x.at(Math.min(...values)),
        x2: x.at(Math.max(...values)),
        y,
        stroke: 'var(--soft)',
        strokeWidth: 1.5,
      }),
      ...errorKinds.flatMap(({ key, shape, filled }) => {
        const value = row[key];
        if (value === null) return [];
        return mark('symbol', {
          x: x.at(value),
          y,
          shape,
          size: 110,
          fill: filled ? 'var(--student)' : 'var(--paper)',
          stroke: filled ? 'var(--paper)' : 'var(--ink)',
          strokeWidth: filled ? 1 : 2,
        });
      }),
    ];
  });
  return renderChart({
    alt: `Relative errors of the spans. ${alt.join('; ')}.`,
    width: left + width + 24,
    height: top + height + below,
    marks: [
      panel({
        x: left,
        y: top,
        width,
        height,
        scales: [{ name: 'x', type: 'linear', domain: [0, x.end], range: [0, width] }],
        axes: [{ orient: 'bottom', scale: 'x', tickCount: 5, title: 'relative MSE (0 is exact)' }],
        marks,
      }),
    ],
  });
}
