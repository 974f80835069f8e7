import type { FusionReport, PlanPoint, PlanReport } from '../data/fusion-report.js';
import { error, share } from '../render/format.js';
import type { Html } from '../render/html.js';
import { linear, logarithmic, mark, panel, renderChart } from './render-chart.js';

const [left, top, width, height, below] = [64, 10, 330, 230, 44];

/** The networks of a plan's chart that have an error: the unchanged teacher has none to show. */
export interface PlanPoints {
  readonly front: readonly PlanPoint[];
  /** The student of the report; null if its cost wasn't measured. */
  readonly student: PlanPoint | null;
}

export function planPoints(
  { latency, outputs, teacher, student }: FusionReport,
  plan: PlanReport,
): PlanPoints {
  const timed = latency && latency.student.warm.median / latency.teacher.warm.median;
  const share =
    plan.cost === 'latency'
      ? (latency?.ratio?.median ?? timed)
      : student.cost[plan.cost] / teacher.cost[plan.cost];
  const outputRelativeMse = outputs[0]?.relativeMse;
  return {
    front: plan.front.filter((point) => point.outputRelativeMse > 0),
    student: share === null || outputRelativeMse === undefined ? null : { share, outputRelativeMse },
  };
}

/**
 * The chart shows the error of plans against their cost, on a logarithmic scale, since it grows by orders of
 * magnitude along a front.
 */
export function planChart(plan: PlanReport, { front, student }: PlanPoints, cost: string): Html | null {
  const { budget, predicted, tried } = plan;
  const points = [...front, ...tried, predicted, ...(student ? [student] : [])];
  const errors = points.map((point) => point.outputRelativeMse).filter((value) => value > 0);
  if (errors.length === 0) return null;
  const x = linear(Math.max(1, ...points.map((point) => point.share)), width);
  const y = logarithmic(Math.min(...errors), Math.max(...errors), height);
  const symbol = (point: PlanPoint, shape: string, isStudent = false) =>
    mark('symbol', {
      x: x.at(point.share),
      y: y.at(point.outputRelativeMse),
      shape,
      size: isStudent ? 130 : 80,
      fill: isStudent ? 'var(--student)' : 'var(--paper)',
      stroke: isStudent ? 'var(--paper)' : 'var(--ink)',
      strokeWidth: isStudent ? 1 : 1.5,
    });
  const limit =
    budget.of === 'share'
      ? { x: x.at(budget.most), y: 0, y2: height }
      : { x: 0, x2: width, y: y.at(budget.most) };
  const told = (point: PlanPoint) => `${share(point.share)} with error ${error(point.outputRelativeMse)}`;
  return renderChart({
    alt: `Error of the output by share of ${cost}. Best plans, predicted: ${front.map(told).join('; ')}. ${tried.length > 0 ? `Tried: ${tried.map(told).join('; ')}. ` : ''}Chosen, predicted: ${told(predicted)}.${student ? ` The student: ${told(student)}.` : ''}`,
    width: left + width + 20,
    height: top + height + below,
    marks: [
      panel({
        x: left,
        y: top,
        width,
        height,
        scales: [
          { name: 'x', type: 'linear', domain: [0, x.end], range: [0, width] },
          { name: 'y', type: 'log', domain: [y.start, y.end], range: [height, 0] },
        ],
        axes: [
          {
            orient: 'bottom',
            scale: 'x',
            tickCount: 5,
            format: '.0%',
            title: `share of the teacher's ${cost}`,
          },
          { orient: 'left', scale: 'y', tickCount: 4, title: 'relative MSE of the output' },
        ],
        marks: [
          mark('rule', { ...limit, stroke: 'var(--teacher)', strokeWidth: 1.5 }),
          ...front.map((point) => symbol(point, 'circle')),
          ...tried.map((point) => symbol(point, 'square')),
          symbol(predicted, 'diamond'),
          ...(student ? [symbol(student, 'square', true)] : []),
        ],
      }),
    ],
  });
}
