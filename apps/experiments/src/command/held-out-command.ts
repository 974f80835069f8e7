import { FuseInitError } from '@fuseinit/core';
import { type DatasetName, loadDataset } from '@fuseinit/datasets';
import { SingleBar } from 'cli-progress';
import Table from 'cli-table3';
import { quantileSorted } from 'simple-statistics';
import { type CalibratedOn, type MeasuredFusion, measureFusion } from '../held-out/measure-fusion.js';
import { teacherOf } from '../held-out/teacher-of.js';
import { type ExperimentBackend, startTrainingBackend } from './experiment-backend.js';

const sets: readonly DatasetName[] = [
  'fashion-mnist',
  'mnist',
  'california-housing',
  'abalone',
  'airfoil',
  'diabetes',
];

/** Where a reported error counts as right, over the true one. */
const right = { least: 0.7, most: 1.4 } as const;

/**
 * Draws fusions of networks trained on several data sets, images and tables, and prints how their reported errors compare
 * with those on samples really apart.
 */
export async function heldOutCommand(
  asked: {
    readonly backend: ExperimentBackend;
    readonly data: string;
    readonly fusions: number;
    readonly json: boolean;
  },
  signal: AbortSignal,
): Promise<number> {
  const { tf } = await startTrainingBackend(asked.backend);
  const found = sets.flatMap((name) => {
    try {
      return [{ name, set: loadDataset(name, asked.data) }];
    } catch (error) {
      if (!FuseInitError.isInstance(error)) throw error;
      console.error(`${name} is left out: ${error.message}`);
      return [];
    }
  });
  if (found.length === 0) return 1;
  const bar = new SingleBar({ stream: process.stderr, clearOnComplete: true, noTTYOutput: false });
  if (process.stderr.isTTY) bar.start(asked.fusions * found.length, 0);
  const measured: { readonly name: string; readonly fusions: readonly MeasuredFusion[] }[] = [];
  try {
    for (const { name, set } of found) {
      const fusions: MeasuredFusion[] = [];
      for (let at = 0; at < asked.fusions; at += fusionsPerTeacher) {
        const teacher = await teacherOf(tf, set, at + 1);
        try {
          for (let of = at; of < Math.min(asked.fusions, at + fusionsPerTeacher); of++) {
            signal.throwIfAborted();
            for (const calibratedOn of ['fresh', 'seen'] as const)
              fusions.push(await measureFusion(tf, teacher, calibratedOn, 100 * of + 7));
            bar.increment();
          }
        } finally {
          teacher.model.dispose();
        }
      }
      measured.push({ name, fusions });
    }
  } finally {
    bar.stop();
  }
  if (asked.json) console.log(JSON.stringify(measured, null, 2));
  else console.log(tableOf(measured));
  return 0;
}

const fusionsPerTeacher = 12;

function tableOf(
  measured: readonly { readonly name: string; readonly fusions: readonly MeasuredFusion[] }[],
): string {
  const table = new Table({
    head: [
      'data',
      'calibrated on',
      'fusions',
      'error of',
      `right (${right.least} to ${right.most})`,
      'reported / true: median',
      '5 % to 95 %',
    ],
    style: { head: [], border: [] },
  });
  const rowsOf = (name: string, fusions: readonly MeasuredFusion[]) => {
    for (const calibratedOn of ['fresh', 'seen'] as const satisfies readonly CalibratedOn[])
      for (const part of ['layer', 'output'] as const) {
        const ratios = fusions
          .filter((fusion) => fusion.calibratedOn === calibratedOn)
          .map((fusion) => fusion[part].reported / fusion[part].true)
          .sort((one, other) => one - other);
        const held = ratios.filter((ratio) => ratio >= right.least && ratio <= right.most).length;
        const quantile = (share: number) => quantileSorted(ratios, share).toFixed(2);
        table.push([
          name,
          calibratedOn === 'fresh' ? 'other samples' : "the teacher's training samples",
          ratios.length,
          part === 'layer' ? 'fused layer' : 'network output',
          `${((100 * held) / ratios.length).toFixed(0)} %`,
          quantile(0.5),
          `${quantile(0.05)} to ${quantile(0.95)}`,
        ]);
      }
  };
  for (const { name, fusions } of measured) rowsOf(name, fusions);
  rowsOf(
    'all',
    measured.flatMap(({ fusions }) => fusions),
  );
  return table.toString();
}
