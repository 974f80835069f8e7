import type { Axis, GroupMark, Mark, Scale } from 'vega';
import * as vega from 'vega';
import { Html, html } from '../render/html.js';

/** A linear scale that starts at 0, measured in pixels; its domain ends at a round number. */
export interface Linear {
  readonly end: number;
  readonly at: (value: number) => number;
}

const steps = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];

export function linear(highest: number, pixels: number): Linear {
  const power = highest > 0 ? 10 ** Math.floor(Math.log10(highest)) : 1;
  // The tolerance keeps a rounding error from pushing a value at the end of the domain beyond it.
  const end = (steps.find((step) => step * power >= highest * (1 - 1e-9)) ?? 10) * power;
  return { end, at: (value) => (value / end) * pixels };
}

/** A logarithmic scale between powers of 10, measured in pixels upwards from the bottom of a panel. */
export interface Logarithmic {
  readonly start: number;
  readonly end: number;
  /** The place of a value from the top; a value below the scale, such as 0, is at its bottom. */
  readonly at: (value: number) => number;
}

/** @param lowest The lowest value, above 0. */
export function logarithmic(lowest: number, highest: number, pixels: number): Logarithmic {
  const start = 10 ** Math.floor(Math.log10(lowest));
  const end = 10 ** Math.max(Math.ceil(Math.log10(highest)), Math.log10(start) + 1);
  const decades = Math.log10(end / start);
  return { start, end, at: (value) => pixels * (1 - Math.log10(Math.max(value, start) / start) / decades) };
}

type Values = Readonly<Record<string, string | number>>;

/** Makes a mark with a single item from constant values (pixels or texts). */
export function mark(type: Mark['type'], values: Values): Mark {
  const entries = Object.entries(values).map(([name, value]) => [name, { value }]);
  return { type, encode: { enter: Object.fromEntries(entries) } } as Mark;
}

/** An area of a chart that holds marks with their scales and axes. */
export interface Panel {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly scales: readonly Scale[];
  readonly axes: readonly Axis[];
  readonly marks: readonly Mark[];
}

export function panel({ x, y, width, height, scales, axes, marks }: Panel): GroupMark {
  return {
    type: 'group',
    encode: {
      enter: { x: { value: x }, y: { value: y }, width: { value: width }, height: { value: height } },
    },
    // Without these signals, grid lines would be as long as the whole chart is wide.
    signals: [
      { name: 'width', value: width },
      { name: 'height', value: height },
    ],
    scales: [...scales],
    axes: [...axes],
    marks: [...marks],
  };
}

/** A chart and its description in words. */
export interface Chart {
  readonly alt: string;
  readonly width: number;
  readonly height: number;
  readonly marks: readonly vega.Mark[];
}

/**
 * Vega's headless renderer, which its types leave out. `View.toSVG` is asynchronous, so that every caller
 * would have to wait for it.
 */
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

/** Renders a chart as SVG inside HTML, in the page's colours. Equal charts give equal text. */
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
