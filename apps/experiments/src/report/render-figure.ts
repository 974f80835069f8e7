import { parse, resetSVGDefIds, type Spec, View } from 'vega';

/** A specification as the text of an SVG file; the same for the same specification. */
export async function renderFigure(spec: Spec): Promise<string> {
  // Vega counts clip paths through a process: another figure before this one would change its identifiers.
  resetSVGDefIds();
  const view = new View(parse(spec), { renderer: 'none' });
  try {
    return `${await view.toSVG()}\n`;
  } finally {
    view.finalize();
  }
}
