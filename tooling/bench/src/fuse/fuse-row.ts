import type { Row } from '../measuring/record.js';
import type { Spread } from '../measuring/spread.js';
import type { FuseAnswer, FuseOrder } from './fuse-order.js';

/** A fusion measured some times. */
export interface FuseRow extends Row, FuseOrder {
  readonly total: Spread;
  /** Of the run whose total is in the middle. */
  readonly seconds: FuseAnswer['seconds'];
  /** Share of its time that is neither forward passes nor products. */
  readonly overhead: number;
  readonly bytesBefore: number;
  /** The highest of all runs. */
  readonly peakBytes: number;
}

/** One row of what some runs of the same order took. */
export function fuseRow(order: FuseOrder, answers: readonly FuseAnswer[], total: Spread): FuseRow {
  const { seconds, bytesBefore } = middleOf(answers);
  const whole = totalOf(seconds);
  return {
    key: `${order.backend}, solver ${order.solver}, teacher ${order.teacher}, ${order.samples} samples`,
    ...order,
    total,
    seconds,
    overhead: (whole - seconds.forward - seconds.products) / whole,
    bytesBefore,
    peakBytes: Math.max(...answers.map(({ peakBytes }) => peakBytes)),
  };
}

/** All phases together. */
export function totalOf(seconds: FuseAnswer['seconds']): number {
  return Object.values(seconds).reduce((sum, spent) => sum + spent, 0);
}

function middleOf(answers: readonly FuseAnswer[]): FuseAnswer {
  const sorted = [...answers].sort((a, b) => totalOf(a.seconds) - totalOf(b.seconds));
  return sorted[Math.floor((sorted.length - 1) / 2)]!;
}
