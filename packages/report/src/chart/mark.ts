import type { Mark } from 'vega';

type Values = Readonly<Record<string, string | number>>;

/** A mark of one item at values in pixels, or texts. */
export function mark(type: Mark['type'], values: Values): Mark {
  const entries = Object.entries(values).map(([name, value]) => [name, { value }]);
  return { type, encode: { enter: Object.fromEntries(entries) } } as Mark;
}
