import type { Mark } from 'vega';

/** How the teacher's rule looks, in panels and in the legend. */
export const teacherStroke = {
  stroke: { value: '#000000' },
  strokeWidth: { value: 1 },
  strokeDash: { value: [1, 3] },
};

/** The trained teacher's mean score, across a panel and its bars. */
export function teacherMark(score: number, width: number): Mark {
  return {
    type: 'rule',
    encode: {
      enter: { x: { value: 0 }, x2: { value: width }, y: { scale: 'score', value: score }, ...teacherStroke },
    },
  };
}
