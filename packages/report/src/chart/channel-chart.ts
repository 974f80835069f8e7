import type { LayerError } from '../data/fusion-report.js';
import { error } from '../render/format.js';
import type { Html } from '../render/html.js';
import { linear, mark, panel, renderChart } from './render-chart.js';

const [left, top, width, height, below] = [40, 30, 300, 150, 42];
/** The width in pixels that the number of a channel needs. */
const labelWidth = 15;
const labelHeight = 16;

/**
 * The chart shows one bar for each channel, worst first: as wide as the channel's share of the layer's
 * variance and as high as its relative error. An area is then a share of the error, and the dashed line, the
 * layer's error, is the mean height.
 */
export function channelChart(name: string, { channels, relativeMse }: LayerError): Html {
  const total = channels.reduce((sum, { variance }) => sum + variance, 0);
  const sorted = channels
    .map((channel, index) => ({ ...channel, index, width: (width * channel.variance) / (total || 1) }))
    .filter((channel) => channel.width > 0)
    .sort((first, second) => second.relativeMse - first.relativeMse || first.index - second.index);
  const y = linear(Math.max(relativeMse, ...sorted.map((channel) => channel.relativeMse)), height);
  let x = 0;
  const bars = sorted.flatMap((channel) => {
    const start = x;
    x += channel.width;
    const barHeight = y.at(channel.relativeMse);
    // Neighbouring bars are one pixel apart where there is room for it.
    const gap = Math.min(1, channel.width / 4);
    const bar = mark('rect', {
      x: start,
      width: channel.width - gap,
      y: height - barHeight,
      height: barHeight,
      fill: 'var(--student)',
    });
    if (channel.width < labelWidth) return [bar];
    // A label above a high bar would cover the line.
    const isInside = barHeight > labelHeight;
    const label = mark('text', {
      x: start + channel.width / 2,
      y: isInside ? height - 5 : height - barHeight - 4,
      text: channel.index,
      align: 'center',
      fontSize: 10,
      fill: isInside ? 'var(--paper)' : 'var(--soft)',
    });
    return [bar, label];
  });
  const line = height - y.at(relativeMse);
  return renderChart({
    alt: `Relative error of ${channels.length} channels of ${name}, worst first; the layer's is ${error(relativeMse)}.`,
    width: left + width + 20,
    height: top + height + below,
    marks: [
      panel({
        x: left,
        y: top,
        width,
        height,
        scales: [
          { name: 'x', type: 'linear', domain: [0, 1], range: [0, width] },
          { name: 'y', type: 'linear', domain: [0, y.end], range: [height, 0] },
        ],
        axes: [
          { orient: 'left', scale: 'y', tickCount: 4 },
          {
            orient: 'bottom',
            scale: 'x',
            values: [0, 0.5, 1],
            format: '.0%',
            grid: false,
            title: "share of the layer's variance",
          },
        ],
        marks: [
          ...bars,
          mark('text', { x: -left, y: -18, text: 'relative MSE', fill: 'var(--soft)' }),
          mark('rule', { x: 0, x2: width, y: line, stroke: 'var(--ink)', strokeWidth: 1.25 }),
          mark('text', {
            x: width,
            y: line - 5,
            text: `layer ${error(relativeMse)}`,
            align: 'right',
            fontSize: 12,
            fontWeight: 'bold',
            stroke: 'var(--paper)',
            strokeWidth: 4,
          }),
          mark('text', {
            x: width,
            y: line - 5,
            text: `layer ${error(relativeMse)}`,
            align: 'right',
            fontSize: 12,
            fontWeight: 'bold',
            fill: 'var(--ink)',
          }),
        ],
      }),
    ],
  });
}
