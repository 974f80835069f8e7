import { channelChart } from '../chart/channel-chart.js';
import { errorMap } from '../chart/pictures.js';
import { rowChart } from '../chart/row-chart.js';
import type { FusionReport, LayerError, PositionErrors, SpanResult } from '../data/fusion-report.js';
import { error, shape, share } from './format.js';
import { type Html, html } from './html.js';

/** The section shows in which channels and at which positions each fused layer is wrong. */
export function placesSection({ spans }: FusionReport): Html {
  return html`<section id="places">
<h2>Where the error sits</h2>
<p>Channels: a bar is as wide as the channel's share of the layer's variance and as high as its own relative error, so its area is its share of the error. Positions: the mean over all of them is the layer's error.</p>
${spans.map(place)}
</section>`;
}

function place({ name, final }: SpanResult, index: number): Html {
  return html`<article class="place">
<h3><b class="number">${index + 1}</b> <code>${name}</code> <small>relative MSE ${error(final.relativeMse)}</small></h3>
${
  final.relativeMse === 0
    ? html`<p>Exact: there is no error to place.</p>`
    : html`<div class="pair"><figure>${channelChart(name, final)}<figcaption>${channelWords(final)}</figcaption></figure>${final.positions && positionFigure(name, final.positions)}</div>`
}
</article>`;
}

function channelWords({ channels }: LayerError): string {
  const total = channels.reduce((sum, { meanSquareError }) => sum + meanSquareError, 0);
  const worst = channels
    .map((channel, index) => ({ ...channel, index }))
    .sort((first, second) => second.meanSquareError - first.meanSquareError)
    .slice(0, 3);
  const constant = channels.filter(({ variance }) => variance === 0).length;
  const most = worst.map(
    ({ index, meanSquareError, relativeMse }) =>
      `channel ${index}, ${share(meanSquareError / total)} (its own error ${error(relativeMse)})`,
  );
  return `Largest shares of the error: ${most.join('; ')}.${constant > 0 ? ` ${constant} of ${channels.length} channels are constant and not drawn.` : ''}`;
}

function positionFigure(name: string, positions: PositionErrors): Html {
  const { shape: cells, relativeMse } = positions;
  const highest = Math.max(...relativeMse);
  const lowest = Math.min(...relativeMse);
  const where = relativeMse.indexOf(highest);
  const words = `Between ${error(lowest)} and ${error(highest)}; ${positionWords(positions, where)}`;
  if (cells.length === 1) {
    const chart = rowChart({
      alt: `Relative error of ${name} by position. ${words}`,
      values: relativeMse,
      width: 300,
      height: 150,
      margin: { left: 40, below: 42 },
      title: 'relative MSE',
      axes: [
        { orient: 'left', scale: 'y', tickCount: 4 },
        { orient: 'bottom', scale: 'x', tickCount: 5, grid: false, title: 'position', format: 'd' },
      ],
    });
    return html`<figure>${chart}<figcaption>${words}</figcaption></figure>`;
  }
  return html`<figure class="map"><div><img src="${errorMap(positions)}" alt="Relative error of ${name} at ${shape(cells)} positions. ${words}" width="${cells[1]!}" height="${cells[0]!}" style="aspect-ratio:${cells[1]!}/${cells[0]!}">
<span class="scale" aria-hidden="true"><i>${error(highest)}</i><b></b><i>0</i></span></div>
<figcaption>${words}</figcaption></figure>`;
}

function positionWords({ layerShape, shape: cells, relativeMse }: PositionErrors, where: number): string {
  const pooled =
    cells.join() === layerShape.join() ? '' : ` Averaged down from ${shape(layerShape)} positions.`;
  if (cells.length === 1) return `largest at ${where}.${pooled}`;
  const [rows, columns] = cells as [number, number];
  const place = `largest at row ${Math.floor(where / columns)}, column ${where % columns}`;
  const isBorder = (index: number) => {
    const [row, column] = [Math.floor(index / columns), index % columns];
    return row === 0 || column === 0 || row === rows - 1 || column === columns - 1;
  };
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const border = relativeMse.filter((_, index) => isBorder(index));
  const inner = relativeMse.filter((_, index) => !isBorder(index));
  if (inner.length === 0) return `${place}.${pooled}`;
  return `${place}. Border ${error(mean(border))} on average, inside ${error(mean(inner))}.${pooled}`;
}
