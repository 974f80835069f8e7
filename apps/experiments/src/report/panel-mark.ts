import type { GroupMark, Mark, Scale } from 'vega';
import type { ArmName } from '../arm.js';
import type { Task } from '../results/task.js';
import { bandMark, endMarks, lineMark, markersMark } from './curve-mark.js';
import type { Panel } from './panel.js';
import { teacherMark } from './teacher-mark.js';
import { textMark } from './text-mark.js';

/** Where a panel stands, in pixels: the course of training, and beside it what it ends at. */
export interface PanelPlace {
  readonly x: number;
  readonly y: number;
  readonly courseWidth: number;
  readonly endWidth: number;
  readonly height: number;
}

/** Markers of a line, about: one on each epoch would hide the lines. */
const markersOfLine = 4;
/** Between course and end. */
const gap = 18;

/** A stage: lines of the arms' means by epoch, and on an axis of their own the last epochs. */
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

/** The means by epoch, with ± one deviation around those of the banded arms. */
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
 * The last epoch of every arm, each at a place of its own that is the same in each panel, on an axis that
 * fits them.
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

/** Says that starts are missing, at the edge that they lie beyond. */
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
    // Grids and titles of axes go by these.
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
