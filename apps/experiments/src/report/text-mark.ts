import type { Mark } from 'vega';

/** A text that begins (or, by `align`, ends or has its middle) at a place in pixels of the group around. */
export function textMark(
  text: string,
  x: number,
  y: number,
  style: {
    readonly align?: 'center' | 'right';
    readonly fontSize?: number;
    readonly fontWeight?: 'bold';
  } = {},
): Mark {
  const values = Object.entries(style).map(([name, value]) => [name, { value }]);
  return {
    type: 'text',
    encode: {
      enter: {
        text: { value: text },
        x: { value: x },
        y: { value: y },
        baseline: { value: 'middle' },
        ...Object.fromEntries(values),
      },
    },
  };
}
