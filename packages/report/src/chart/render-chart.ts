import * as vega from 'vega';
import { Html, html } from '../render/html.js';

/** A chart, and what it shows in words. */
export interface Chart {
  readonly alt: string;
  readonly width: number;
  readonly height: number;
  readonly marks: readonly vega.Mark[];
}

/** Vega's own headless renderer, which its types leave out; `View.toSVG` would make every caller wait. */
interface SvgText {
  initialize(
    element: null,
    width: number,
    height: number,
    origin: readonly [number, number],
  ): { render(scene: unknown): { svg(): string } };
}
const { SVGStringRenderer } = vega as unknown as { SVGStringRenderer: new () => SvgText };

const axis = {
  domain: false,
  ticks: false,
  grid: true,
  gridColor: 'var(--rule)',
  labelColor: 'var(--soft)',
  labelFontSize: 12,
  labelPadding: 6,
  titleColor: 'var(--soft)',
  titleFontSize: 12,
  titleFontWeight: 'normal',
  titlePadding: 8,
} as const;

/** A chart as SVG inside HTML, in the page's own colours; the same for the same chart. */
export function renderChart({ alt, width, height, marks }: Chart): Html {
  const spec: vega.Spec = {
    width,
    height,
    padding: 0,
    autosize: 'none',
    config: { aria: false, axis, text: { fill: 'var(--ink)', fontSize: 12 } } as vega.Config,
    marks: [...marks],
  };
  const view = new vega.View(vega.parse(spec), { renderer: 'none' });
  try {
    view.run();
    const scene = (view.scenegraph() as unknown as { root: unknown }).root;
    const svg = new SVGStringRenderer().initialize(null, width, height, [0, 0]).render(scene).svg();
    const drawn = new Html(svg.replace(/^<svg[^>]*>/, '').replace(/<\/svg>\s*$/, ''));
    return html`<svg class="chart" role="img" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" aria-label="${alt}">${drawn}</svg>`;
  } finally {
    view.finalize();
  }
}
