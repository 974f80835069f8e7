import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Ratio } from '@fuseinit/planner';
import { mnistFolder } from '@fuseinit/test-inputs/mnist';
import { type DroppedBlocks, dropBlocks } from './dropped-blocks.js';
import type { ModelFolder } from './find-models.js';
import { knownModelIn, type Samples } from './known-models.js';
import { CommandFailure, runFuseinit } from './run-fuseinit.js';

/** The result of `fuseinit shrink` for one model and one budget, without training. */
export interface PlanFigures {
  readonly name: string;
  /** The latency limit, as a share of the simplified model's latency. */
  readonly budget: number;
  readonly made: MadeStudent | { readonly code: string; readonly message: string };
  /** The result of dropping whole residual blocks to meet the same budget; null if there are none. */
  readonly dropped: DroppedBlocks | null;
}

interface MadeStudent {
  readonly spans: number;
  readonly isKept: boolean;
  /** The latency as a share of the simplified model's. */
  readonly latency: { readonly predicted: number; readonly measured: Ratio };
  /** The relative MSE of the outputs. */
  readonly error: { readonly predicted: number; readonly measured: number };
  /**
   * The share of held-out samples with the same prediction as the simplified model's; null if it doesn't
   * predict classes.
   */
  readonly agreement: number | null;
  /** The accuracy on held-out samples; null without labels. */
  readonly accuracy: { readonly teacher: number; readonly student: number } | null;
  readonly seconds: number;
  readonly peakBytes: number;
}

/** The part of the output of `fuseinit shrink --json` that is read here. */
interface Printed {
  readonly spans: readonly unknown[];
  readonly budget: { readonly isKept: boolean; readonly share: Ratio };
  readonly predicted: { readonly share: number; readonly outputRelativeMse: number };
  readonly fused: { readonly outputRelativeMse: readonly { readonly relativeMse: number }[] };
  readonly networks: {
    readonly teacher: { readonly accuracy: number | null };
    readonly student: { readonly accuracy: number | null; readonly agreement: number | null };
  };
  readonly seconds: number;
  readonly peakBytes: number;
}

const budgets = [0.7, 0.5];

/** Samples of digits and of clothes: a third of them is held out, the rest is solved on. */
const count = 2000;

/**
 * Shrinks a model on wasm to each budget by the command line, on data of the kind that it reads; nothing
 * where there are none.
 *
 * @param photos A folder of images, for models that read photos.
 * @throws what the signal was aborted with.
 */
export async function planFigures(
  { path }: ModelFolder,
  photos: string | undefined,
  signal: AbortSignal,
  tell: (doing: string) => void,
): Promise<PlanFigures[]> {
  const known = await knownModelIn(path);
  const data = known?.reads && dataOptions(known.reads, photos);
  if (!known || !data) return [];
  const figures: PlanFigures[] = [];
  tell('dropping blocks');
  const dropped =
    known.reads?.of === 'photos' && photos !== undefined && known.reads.isClassified
      ? await dropBlocks(path, { photos, size: known.reads.size }, budgets)
      : [];
  for (const [index, budget] of budgets.entries()) {
    const shared = { name: known.name, budget, dropped: dropped[index] ?? null };
    tell(`shrinking to ${100 * budget} %`);
    const folder = await mkdtemp(join(tmpdir(), 'fuseinit-zoo-'));
    const settings = ['--max-latency', `${100 * budget}%`, '--backend', 'wasm', '--tune', 'none'];
    try {
      const args = ['shrink', path, ...data, ...settings, '-o', join(folder, 'student')];
      const made = madeStudent(await runFuseinit<Printed>(args, signal));
      figures.push({ ...shared, made });
    } catch (error) {
      signal.throwIfAborted();
      const code = error instanceof CommandFailure ? error.code : 'CRASHED';
      // The number of its spans shows this already.
      if (code === 'SPAN_NOT_FOUND') return [];
      figures.push({ ...shared, made: { code, message: (error as Error).message } });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  return figures;
}

function madeStudent({
  spans,
  budget,
  predicted,
  fused,
  networks,
  seconds,
  peakBytes,
}: Printed): MadeStudent {
  const { teacher, student } = networks;
  return {
    spans: spans.length,
    isKept: budget.isKept,
    latency: { predicted: predicted.share, measured: budget.share },
    error: {
      predicted: predicted.outputRelativeMse,
      measured: Math.max(...fused.outputRelativeMse.map(({ relativeMse }) => relativeMse)),
    },
    agreement: student.agreement,
    accuracy:
      teacher.accuracy === null || student.accuracy === null
        ? null
        : { teacher: teacher.accuracy, student: student.accuracy },
    seconds,
    peakBytes,
  };
}

function dataOptions(samples: Samples, photos: string | undefined): string[] | undefined {
  switch (samples.of) {
    case 'photos':
      return photos === undefined
        ? undefined
        : ['--data', photos, '--resize', `${samples.size}x${samples.size}`];
    case 'digits':
      return idxOptions(mnistFolder, 't10k-images-idx3-ubyte', 't10k-labels-idx1-ubyte');
    case 'clothes':
      return idxOptions(
        fileURLToPath(new URL('../../teacher/images', import.meta.url)),
        'evaluation-0-images-idx3-ubyte.gz',
        'evaluation-0-labels-idx1-ubyte.gz',
      );
  }
}

function idxOptions(folder: string, images: string, labels: string): string[] {
  return ['--data', join(folder, images), '--labels', join(folder, labels), '--limit', String(count)];
}
