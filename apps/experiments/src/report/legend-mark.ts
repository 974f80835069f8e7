import type { GroupMark, Mark } from 'vega';
import type { ArmName } from '../arm.js';
import { armStyles } from './arm-style.js';
import { symbolStyle } from './curve-mark.js';
import { teacherStroke } from './teacher-mark.js';
import { textMark } from './text-mark.js';

const rowHeight = 22;
const lineLength = 34;

/** Each arm's line and symbol beside its name, then the teacher's rule, then what bars and bands are. */
export function legendMark(arms: readonly ArmName[], x: number, y: number): GroupMark {
  const armRows = arms.flatMap((arm, row): Mark[] => {
    const style = armStyles[arm];
    const { colour, width, dash } = style;
    return [
      ruleMark(row, {
        stroke: { value: colour },
        strokeWidth: { value: width },
        strokeDash: { value: [...dash] },
      }),
      {
        type: 'symbol',
        encode: {
          enter: { x: { value: lineLength / 2 }, y: { value: row * rowHeight }, ...symbolStyle(style) },
        },
      },
      textMark(arm, lineLength + 8, row * rowHeight, { fontSize: 12 }),
    ];
  });
  const below = arms.length;
  const notes = ['Lines: means over seeds.', 'Bars, bands: ± one deviation.'];
  return {
    type: 'group',
    encode: { enter: { x: { value: x }, y: { value: y } } },
    marks: [
      ...armRows,
      ruleMark(below, teacherStroke),
      textMark('teacher, trained', lineLength + 8, below * rowHeight, { fontSize: 12 }),
      ...notes.map((note, row) =>
        textMark(note, 0, (below + 1.3 + row * 0.75) * rowHeight, { fontSize: 11 }),
      ),
    ],
  };
}

function ruleMark(row: number, stroke: object): Mark {
  const y = { value: row * rowHeight };
  return {
    type: 'rule',
    encode: { enter: { x: { value: 0 }, x2: { value: lineLength }, y, ...stroke } },
  };
}
