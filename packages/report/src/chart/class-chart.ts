import type { ClassCount } from '../data/answers.js';
import { share } from '../render/format.js';
import type { Html } from '../render/html.js';
import { mark, panel, renderChart } from './render-chart.js';

const [left, top, width, step, below] = [110, 6, 240, 22, 40];
/** The most letters of a class's name that there is room for. */
const longest = 15;

/**
 * The chart shows the accuracy of each class: a line leads from the teacher's circle to the student's square.
 */
export function classChart(classes: readonly ClassCount[], nameOf: (index: number) => string): Html {
  const rows = classes
    .map((own, index) => ({ ...own, name: nameOf(index) }))
    .filter(({ count }) => count > 0)
    .map(({ name, count, teacherRight, studentRight }) => ({
      name,
      teacher: teacherRight / count,
      student: studentRight / count,
    }));
  const lowest = Math.min(...rows.flatMap(({ teacher, student }) => [teacher, student]));
  const start = Math.floor(Math.min(lowest, 0.9) * 10) / 10;
  const x = (value: number) => (width * (value - start)) / (1 - start);
  const height = step * rows.length;
  return renderChart({
    alt: `Accuracy by class: ${rows.map(({ name, teacher, student }) => `${name} ${share(teacher)} to ${share(student)}`).join('; ')}.`,
    width: left + width + 24,
    height: top + height + below,
    marks: [
      panel({
        x: left,
        y: top,
        width,
        height,
        scales: [{ name: 'x', type: 'linear', domain: [start, 1], zero: false, range: [0, width] }],
        axes: [{ orient: 'bottom', scale: 'x', tickCount: 5, format: '.0%', title: 'accuracy by class' }],
        marks: rows.flatMap(({ name, teacher, student }, index) => {
          const y = step * (index + 0.5);
          const text = name.length > longest ? `${name.slice(0, longest - 1)}…` : name;
          return [
            mark('text', { x: -12, y, text, align: 'right', baseline: 'middle', fontSize: 12 }),
            mark('rule', { x: x(teacher), x2: x(student), y, stroke: 'var(--soft)', strokeWidth: 2 }),
            mark('symbol', {
              x: x(teacher),
              y,
              shape: 'circle',
              size: 70,
              fill: 'var(--paper)',
              stroke: 'var(--ink)',
              strokeWidth: 2,
            }),
            mark('symbol', { x: x(student), y, shape: 'square', size: 64, fill: 'var(--student)' }),
          ];
        }),
      }),
    ],
  });
}
