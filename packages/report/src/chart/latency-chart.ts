import type { FusionReport } from '../data/fusion-report.js';
import { seconds } from '../render/format.js';
import type { Html } from '../render/html.js';
import { linear, mark, panel, renderChart } from './render-chart.js';

const [left, top, width, step, below] = [72, 6, 290, 44, 40];

/** The chart shows the warm latency of each network: a bar up to the median and a line for the spread. */
export function latencyChart({ given, latency }: FusionReport): Html | null {
  if (!latency) return null;
  const rows = [
    ...(given?.latency ? [{ title: 'as given', ...given.latency.warm, fill: 'var(--teacher)' }] : []),
    { title: given ? 'simplified' : 'teacher', ...latency.teacher.warm, fill: 'var(--teacher)' },
    { title: 'student', ...latency.student.warm, fill: 'var(--student)' },
  ];
  const highest = Math.max(...rows.map(({ high }) => high));
  const [unit, factor] = highest >= 1 ? ['s', 1] : highest >= 0.001 ? ['ms', 1e3] : ['µs', 1e6];
  const x = linear(highest * factor, width);
  const height = rows.length * step;
  return renderChart({
    alt: `Warm latency: ${rows.map(({ title, median, low, high }) => `${title} ${seconds(median)}, from ${seconds(low)} to ${seconds(high)}`).join('; ')}.`,
    width: left + width + 20,
    height: top + height + below,
    marks: [
      panel({
        x: left,
        y: top,
        width,
        height,
        scales: [{ name: 'x', type: 'linear', domain: [0, x.end], range: [0, width] }],
        axes: [{ orient: 'bottom', scale: 'x', tickCount: 5, title: `warm latency, ${unit}` }],
        marks: rows.flatMap(({ title, median, low, high, fill }, index) => {
          const y = step * (index + 0.5);
          const [start, middle, end] = [low, median, high].map((value) => x.at(value * factor));
          return [
            mark('text', { x: -10, y, text: title, align: 'right', baseline: 'middle', fontSize: 13 }),
            mark('rect', { x: 0, width: middle!, y: y - 11, height: 22, fill }),
            mark('rule', { x: start!, x2: end!, y, stroke: 'var(--paper)', strokeWidth: 5 }),
            mark('rule', { x: start!, x2: end!, y, stroke: 'var(--ink)', strokeWidth: 2 }),
            ...[start!, end!].map((place) =>
              mark('rule', { x: place, y: y - 5, y2: y + 5, stroke: 'var(--ink)', strokeWidth: 2 }),
            ),
          ];
        }),
      }),
    ],
  });
}
