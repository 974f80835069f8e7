import type { GroupMark, Mark, Scale } from 'vega';
import type { ArmName } from '../experiment.js';
import type { Task } from '../results/result-line.js';
import { bandMark, endMarks, lineMark, markersMark, teacherMark, textMark } from './marks.js';
import type { Panel } from './panel.js';

/** The place of a panel in pixels: the course of training, and the final scores beside it. */
export interface PanelPlace {
  readonly x: number;
  readonly y: number;
  readonly courseWidth: number;
  readonly endWidth: number;
  readonly height: number;
}

/** The approximate number of markers on a line: one on each epoch would hide the lines. */
const markersOfLine = 4;
/** The gap between the course of training and the final scores. */
const gap = 18;

/** Draws a stage: lines of the arms' means by epoch, and their last epochs on an axis of their own. */
export function panelMark(panel: Panel, arms: readonly ArmName[], task: Task, place: PanelPlace): GroupMark {
  const { x, y, courseWidth, endWidth, height } = place;
  return {
    type: 'group',
    encode: { enter: { x: { value: x }, y: { value: y } } },
    marks: [
      textMark(panel.title, 0, -14, { fontWeight: 'bold' }),
      courseMark(panel, arms, task, courseWidth, height),
      endMark(panel, arms, task, courseWidth + gap, endWidth, height),
    ],
  };
}

/** Draws the means by epoch, with ± one deviation around those of the banded arms. */
function courseMark(
  { curves, domain, banded, teacher, startsOutside }: Panel,
  arms: readonly ArmName[],
  task: Task,
  width: number,
  height: number,
): GroupMark {
  const epochs = lastEpoch(curves);
  const every = Math.max(1, Math.ceil((epochs + 1) / markersOfLine));
  return {
    ...frame(0, width, height),
    scales: [{ name: 'epoch', domain: [0, epochs], range: [0, width] }, scoreScale(domain, height)],
    axes: [
      {
        orient: 'left',
        scale: 'score',
        title: task === 'classification' ? 'test accuracy' : 'relative MSE on test samples',
        tickCount: 6,
        grid: true,
        domain: false,
        ...formatOf(task),
      },
      {
        orient: 'bottom',
        scale: 'epoch',
        title: 'epoch (0: before training)',
        tickCount: Math.min(6, epochs),
        format: 'd',
      },
    ],
    marks: [
      ...(teacher === undefined ? [] : [teacherMark(teacher, width)]),
      {
        ...frame(0, width, height),
        clip: true,
        marks: [...curves.filter(({ arm }) => banded.includes(arm)).map(bandMark), ...curves.map(lineMark)],
      },
      ...curves.map((curve) => markersMark(curve, domain, every, arms.indexOf(curve.arm))),
      ...offMarks(startsOutside.length, width, task === 'classification' ? height - 10 : 10),
    ],
  };
}

/**
 * Draws the last epoch of every arm, each in a place of its own that is the same in all panels, on an axis
 * that fits them.
 */
function endMark(
  { curves, endDomain, teacher }: Panel,
  arms: readonly ArmName[],
  task: Task,
  x: number,
  width: number,
  height: number,
): GroupMark {
  return {
    ...frame(x, width, height),
    scales: [scoreScale(endDomain, height)],
    axes: [{ orient: 'right', scale: 'score', tickCount: 6, grid: true, domain: false, ...formatOf(task) }],
    marks: [
      ...(teacher === undefined ? [] : [teacherMark(teacher, width)]),
      ...curves.flatMap((curve) => endMarks(curve, ((arms.indexOf(curve.arm) + 0.5) / arms.length) * width)),
      textMark(`after epoch ${lastEpoch(curves)}, enlarged`, width / 2, height + 14, {
        align: 'center',
        fontSize: 12,
      }),
    ],
  };
}

/** Says at the edge of the axis that some starts lie beyond it. */
function offMarks(count: number, width: number, y: number): Mark[] {
  if (count === 0) return [];
  const text = count === 1 ? 'one arm starts off this axis' : `${count} arms start off this axis`;
  return [textMark(text, width - 4, y, { align: 'right', fontSize: 11 })];
}

function lastEpoch(curves: Panel['curves']): number {
  return Math.max(...curves.map(({ points }) => points.length)) - 1;
}

function frame(x: number, width: number, height: number): GroupMark {
  return {
    type: 'group',
    // The lengths of grids and the positions of axis titles depend on these signals.
    signals: [
      { name: 'width', value: width },
      { name: 'height', value: height },
    ],
    encode: { enter: { x: { value: x }, width: { value: width }, height: { value: height } } },
  };
}

function scoreScale(domain: Panel['domain'], height: number): Scale {
  return { name: 'score', domain: [...domain], range: [height, 0], zero: false };
}

function formatOf(task: Task) {
  return task === 'classification' ? { format: '%' } : {};
}
