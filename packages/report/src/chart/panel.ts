import type { Axis, GroupMark, Mark, Scale } from 'vega';

/** A place for marks, with its scales and axes. */
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
    // Without them, lines of a grid would be as long as the whole chart.
    signals: [
      { name: 'width', value: width },
      { name: 'height', value: height },
    ],
    scales: [...scales],
    axes: [...axes],
    marks: [...marks],
  };
}
