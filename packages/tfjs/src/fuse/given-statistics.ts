import { type BackendAdapter, centerKernel, FuseInitError, type PatchGeometry } from '@fuseinit/core';
import type { CollectedMoments } from '@fuseinit/statistics';
import type { CalibrationSource } from '../calibration/calibration-source.js';
import { type HeldOutRule, heldOutRule } from '../calibration/held-out.js';
import { limitedSource } from '../calibration/limited-source.js';
import { centeredStatistics } from '../collect/centered-statistics.js';
import { inputWarnings, samplesCompared, sourceValues } from '../collect/input-record.js';
import type { CollectedShard, Shard, SpanStatistics, Statistics } from '../collect/statistics.js';
import { teacherFingerprint } from '../collect/teacher-fingerprint.js';
import type { LayersModel, Tensor, TensorFlow } from '../tensorflow.js';
import { firstOfStreamWarning } from './first-of-stream.js';
import type { FuseOptions } from './fuse-options.js';
import type { Step } from './plan-steps.js';

/**
 * Finds the moments in the caller's statistics for each step: those of the same layers, with the same kernel
 * or with a larger one that has it at its centre.
 *
 * @throws CHECKPOINT_MISMATCH for statistics of another teacher, or of none of the requested spans.
 */
export async function givenStatistics(
  teacher: LayersModel,
  statistics: Statistics | undefined,
  steps: readonly Step[],
  backend: BackendAdapter<Tensor>,
): Promise<Map<Step, CollectedMoments>> {
  const given = new Map<Step, CollectedMoments>();
  if (!statistics) return given;
  if (statistics.teacher !== (await teacherFingerprint(teacher, (tensor) => backend.read(tensor)))) {
    throw mismatch('of another teacher, or of other weights of it');
  }
  for (const step of steps) {
    // The inputs of later passes are computed by a student.
    if (step.stage !== 'fuse' || step.pass > 0) continue;
    const layers = step.nodes.map(({ name }) => name).join();
    for (const span of statistics.spans) {
      const collected = span.layers.join() === layers && fitted(span, step.lowered.fused.geometry);
      if (collected) given.set(step, collected);
    }
  }
  if (given.size > 0) return given;
  const held = statistics.spans.map(({ collected }) => collected.tap).join(', ');
  throw mismatch(`of ${held}, and of none of the spans asked for that read what the teacher computes`);
}

/**
 * The rule for held-out samples: that of the statistics, if there are any.
 *
 * @param samples The number of samples, as for {@link heldOutRule}.
 * @throws CHECKPOINT_MISMATCH if the share or the seed differs from that of the statistics.
 */
export function heldOutOf(
  { statistics, heldOut, seed }: Pick<FuseOptions, 'statistics' | 'heldOut' | 'seed'>,
  samples: number | undefined,
): HeldOutRule {
  if (!statistics) return heldOutRule({ heldOut, seed }, samples);
  const { share, seed: drawnBy } = heldOutRule(
    { heldOut: heldOut ?? statistics.heldOut, seed: seed ?? statistics.seed },
    samples,
  );
  if (statistics.heldOut !== share || statistics.seed !== drawnBy) {
    throw new FuseInitError(
      'CHECKPOINT_MISMATCH',
      `heldOut ${share} with seed ${drawnBy} was asked for, and the statistics hold out ${statistics.heldOut} with seed ${statistics.seed}: errors would be measured on samples that were solved on. Leave both out, or collect the statistics with the same.`,
    );
  }
  return { share, seed: drawnBy };
}

/**
 * Warns about data that the statistics don't cover: missing parts or ends of parts, or the end of a stream.
 */
export function missingSamples({ shards, firstOfStream }: Statistics): string[] {
  return [
    ...missingShards(shards),
    ...incompleteShards(shards),
    ...(firstOfStream === null ? [] : [firstOfStreamWarning(firstOfStream)]),
  ];
}

/**
 * Warns if some samples of the calibration data differ from the data that the statistics were collected from.
 *
 * @param source The source of the calibration data.
 */
export async function unlikeStatistics(
  tf: TensorFlow,
  { inputs }: Statistics,
  source: CalibrationSource,
  heldOut: HeldOutRule,
  backend: BackendAdapter<Tensor>,
): Promise<string[]> {
  const some = limitedSource(tf, source, samplesCompared, heldOut);
  return inputWarnings(inputs.values, await sourceValues(tf, (tensor) => backend.read(tensor), some));
}

function missingShards(shards: readonly Shard[]): string[] {
  const [{ of } = { of: 1 }] = shards;
  const missing = Array.from({ length: of }, (_, part) => part).filter(
    (part) => !shards.some(({ index }) => index === part),
  );
  if (missing.length === 0) return [];
  return [`The statistics lack the parts ${missing.join(', ')} of ${of}: what is in them was not solved on.`];
}

function incompleteShards(shards: readonly CollectedShard[]): string[] {
  const stopped = shards.filter(({ complete }) => !complete).map(({ index, of }) => `${index} of ${of}`);
  if (stopped.length === 0) return [];
  return [
    `The collection of part ${stopped.join(', ')} was stopped before its end: the rest was not solved on. Resume it first.`,
  ];
}

function fitted(span: SpanStatistics, wanted: PatchGeometry | null): CollectedMoments | undefined {
  const held = span.geometry;
  if ((held === null) !== (wanted === null)) return undefined;
  if (!held || !wanted) return centeredStatistics(span, null);
  const [from, to] = [held.kernelSize, wanted.kernelSize];
  const isInside = from.length === to.length && to.every((size, axis) => size <= from[axis]!);
  if (!isInside || JSON.stringify(centerKernel(held, to)) !== JSON.stringify(wanted)) return undefined;
  return centeredStatistics(span, to);
}

function mismatch(what: string): FuseInitError {
  return new FuseInitError(
    'CHECKPOINT_MISMATCH',
    `The statistics are ${what}. Collect them from this model, with these spans.`,
  );
}
