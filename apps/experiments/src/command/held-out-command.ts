import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { FuseInitError } from '@fuseinit/core';
import { type DatasetName, loadDataset } from '@fuseinit/datasets';
import { markdownTable } from '@fuseinit/markdown';
import { type BackendName, startBackend } from '@fuseinit/node-backends';
import { SingleBar } from 'cli-progress';
import Table from 'cli-table3';
import {
  agreementByKind,
  agreementHead,
  agreementRows,
  type MeasuredSet,
  measuredText,
  seenText,
} from '../held-out/agreement.js';
import { type MeasuredFusion, measureFusion } from '../held-out/measure-fusion.js';
import { isOfImages, teacherOf } from '../held-out/teacher-of.js';

/** Tables with fewer than a thousand rows are left out: they have too few rows to test on. */
const sets: readonly DatasetName[] = [
  'fashion-mnist',
  'mnist',
  'california-housing',
  'abalone',
  'abalone-age',
  'airfoil',
];

export interface HeldOutArguments {
  readonly backend: BackendName;
  readonly data: string;
  /** The number of fusions for each data set. */
  readonly fusions: number;
  /** The file of an earlier run's `json` output, to use instead of measuring again. */
  readonly from: string | undefined;
  readonly json: boolean;
  /** Whether to write the figures into docs/math.md. */
  readonly write: boolean;
}

/**
 * Draws fusions of networks that were trained on several data sets, images and tables, and prints how their
 * reported errors compare with the errors on independent samples.
 */
export async function heldOutCommand(args: HeldOutArguments, signal: AbortSignal): Promise<number> {
  const measured =
    args.from === undefined
      ? await measure(args, signal)
      : (JSON.parse(readFileSync(args.from, 'utf8')) as MeasuredSet[]);
  if (measured.length === 0) return 1;
  if (args.json) console.log(JSON.stringify(measured, null, 2));
  else console.log(`${tableOf(measured)}\n${measuredText(measured)}\n${seenText(measured)}`);
  if (args.write) writeFigures(measured);
  return 0;
}

const fusionsPerTeacher = 12;

async function measure(args: HeldOutArguments, signal: AbortSignal): Promise<MeasuredSet[]> {
  const { tf } = await startBackend(args.backend);
  const found = sets.flatMap((name) => {
    try {
      return [{ name, set: loadDataset(name, args.data) }];
    } catch (error) {
      if (!FuseInitError.isInstance(error)) throw error;
      console.error(`${name} is left out: ${error.message}`);
      return [];
    }
  });
  const bar = new SingleBar({ stream: process.stderr, clearOnComplete: true, noTTYOutput: false });
  if (process.stderr.isTTY) bar.start(args.fusions * found.length, 0);
  const measured: MeasuredSet[] = [];
  try {
    for (const { name, set } of found) {
      const fusions: MeasuredFusion[] = [];
      for (let at = 0; at < args.fusions; at += fusionsPerTeacher) {
        const teacher = await teacherOf(tf, set, at + 1);
        try {
          for (let of = at; of < Math.min(args.fusions, at + fusionsPerTeacher); of++) {
            signal.throwIfAborted();
            for (const calibratedOn of ['fresh', 'seen'] as const)
              fusions.push(await measureFusion(tf, teacher, calibratedOn, 100 * of + 7));
            bar.increment();
          }
        } finally {
          teacher.model.dispose();
        }
      }
      measured.push({ name, kind: isOfImages(set) ? 'images' : 'table', fusions });
    }
  } finally {
    bar.stop();
  }
  return measured;
}

function tableOf(measured: readonly MeasuredSet[]): string {
  const table = new Table({ head: agreementHead, style: { head: [], border: [] } });
  table.push(
    ...measured.flatMap(({ name, fusions }) => agreementRows(name, fusions)),
    ...agreementByKind(measured),
  );
  return table.toString();
}

const page = fileURLToPath(new URL('../../../../docs/math.md', import.meta.url));
const block =
  /(<!-- npm run experiments -- held-out --write -->\n)[\s\S]*(<!-- \/npm run experiments -- held-out -->)/;

function writeFigures(measured: readonly MeasuredSet[]): void {
  const text = readFileSync(page, 'utf8');
  if (!block.test(text)) throw new Error('docs/math.md has no place for the figures of held-out errors.');
  const figures = [
    measuredText(measured),
    markdownTable(agreementHead, agreementByKind(measured)),
    seenText(measured),
  ].join('\n\n');
  writeFileSync(
    page,
    text.replace(block, (_, start, end) => `${start}\n${figures}\n\n${end}`),
  );
}
