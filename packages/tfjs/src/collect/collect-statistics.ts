import { type BackendAdapter, requireKnownOptions, requireNotAborted } from '@fuseinit/core';
import { type Collector, collectTaps, createCollector } from '@fuseinit/statistics';
import type { CalibrationData } from '../calibration/calibration-data.js';
import { heldOutRule } from '../calibration/held-out.js';
import { limitedSource, samplesTaken } from '../calibration/limited-source.js';
import { type OpenedData, openData } from '../calibration/open-data.js';
import type { SpanRequest } from '../fuse/fuse-options.js';
import { openBackend } from '../fuse/open-computing.js';
import { patchSizeOf } from '../fuse/patch-size.js';
import { planSpan } from '../fuse/plan-spans.js';
import type { FusedSpan } from '../fuse/replace-span.js';
import { type TappedBatch, tapBatches } from '../fuse/tap-batches.js';
import { requireSoundKernels } from '../kernel-faults/require-sound-kernels.js';
import { readNetwork } from '../network/read-network.js';
import { requireModel } from '../network/require-model.js';
import { type Plugin, registryWith } from '../plugins.js';
import type { LayersModel, Tensor, TensorFlow } from '../tensorflow.js';
import { dataRecord } from './data-record.js';
import { createInputRecorder } from './input-record.js';
import { passGroups } from './pass-groups.js';
import { requireResumable } from './require-alike.js';
import { requireSameShard, requireShard, shardOf } from './shard-of.js';
import type { Shard, SpanStatistics, Statistics } from './statistics.js';
import { teacherFingerprint } from './teacher-fingerprint.js';

/** The progress of {@link collectStatistics}, reported to `onProgress`. */
export interface CollectStatisticsProgress {
  /** The number of passes over the data that were completed before this one, out of `passes`. */
  readonly pass: number;
  readonly passes: number;
  readonly samples: number;
  readonly totalSamples: number | undefined;
}

/** Options of {@link collectStatistics}. */
export interface CollectStatisticsOptions {
  readonly tf: TensorFlow;
  /** The backend adapter, as in `fuse`. */
  readonly backend?: BackendAdapter<Tensor>;
  /** The spans to collect statistics for, which may overlap. */
  readonly spans: readonly SpanRequest[];
  readonly calibrationData: CalibrationData;
  readonly plugins?: readonly Plugin[];
  /**
   * The share of held-out samples, as in `fuse`. The default depends on the number of samples in all parts of
   * the data.
   */
  readonly heldOut?: number;
  /** The seed that samples are drawn with, as in `fuse`. Defaults to 0. */
  readonly seed?: number;
  /**
   * The number of samples to use, including held-out ones, drawn from the whole data as in `fuse`. Defaults
   * to all.
   */
  readonly samples?: number;
  readonly batchSize?: number;
  /**
   * The part of the data, in batches, to collect statistics from. `mergeStatistics` combines the statistics
   * of all parts. Defaults to the whole data.
   */
  readonly shard?: Shard;
  /**
   * The maximum size in bytes of the moments that are collected in one pass over the data. If the spans need
   * more, further passes are made. Defaults to 1 GiB.
   */
  readonly memory?: number;
  /**
   * The statistics of an earlier call with the same options and data, which this call continues after the
   * batches that they cover. Their batch size is the default of `batchSize`.
   */
  readonly resume?: Statistics;
  /**
   * Called as batches are processed. The second argument returns the statistics so far, which can be passed
   * as `resume`.
   */
  readonly onProgress?: (progress: CollectStatisticsProgress, statistics: () => Statistics) => void;
  readonly signal?: AbortSignal;
}

/**
 * Collects the statistics that spans of a teacher are solved from, with each span's inputs as the teacher
 * computes them. This makes it possible to compare many spans after one pass over the data, or to collect in
 * several processes.
 *
 * @throws for models, spans, data and devices as {@link fuse} does.
 * @throws ARGUMENT_INVALID for a shard that doesn't exist, or an invalid option.
 * @throws CHECKPOINT_MISMATCH if `resume` is of another teacher, of other data, other spans, another batch
 *   size or another shard.
 * @throws ABORTED when the signal fires.
 */
export async function collectStatistics(
  teacher: LayersModel,
  options: CollectStatisticsOptions,
): Promise<Statistics> {
  requireModel(teacher);
  requireKnownOptions('collectStatistics', options, optionNames);
  const { tf, plugins, signal } = options;
  requireShard(options.shard ?? wholeData);
  const open = readNetwork(teacher);
  requireSoundKernels(tf, open);
  const registry = registryWith(plugins);
  const batchSize = options.batchSize ?? options.resume?.batchSize;
  const opened = await openData(tf, options.calibrationData, open, batchSize);
  try {
    const { network } = opened;
    const spans = options.spans.map((span) => planSpan(network, registry, span, { open }));
    requireNotAborted(signal, teacher.name);
    return await collectSpans(teacher, spans, opened, options);
  } finally {
    await opened.source.close();
  }
}

const optionNames: Readonly<Record<keyof CollectStatisticsOptions, true>> = {
  tf: true,
  spans: true,
  calibrationData: true,
  plugins: true,
  heldOut: true,
  seed: true,
  samples: true,
  batchSize: true,
  shard: true,
  memory: true,
  resume: true,
  backend: true,
  onProgress: true,
  signal: true,
};

const wholeData: Shard = { index: 0, of: 1 };

async function collectSpans(
  teacher: LayersModel,
  spans: readonly FusedSpan[],
  { network, source: whole, batchSize }: OpenedData,
  options: CollectStatisticsOptions,
): Promise<Statistics> {
  const { tf, signal, samples, shard = wholeData } = options;
  const rule = heldOutRule(options, samplesTaken(whole, samples));
  const source = samples === undefined ? whole : limitedSource(tf, whole, samples, rule);
  let taken = 0;
  const isCut = () => !source.indexed && taken === samples;
  const computing = await openBackend(options.backend);
  const groups = passGroups(spans, ({ lowered }) => patchSizeOf(lowered), options.memory ?? 2 ** 30);
  try {
    const read = (tensor: Tensor) => computing.backend.read(tensor);
    const fingerprint = await teacherFingerprint(teacher, read);
    const data = await dataRecord(tf, read, source);
    const recorder = createInputRecorder(tf, read, options.resume?.inputs);
    const collectors = new Map(spans.map((span) => [span, createCollector(nameOf(span))]));
    const statistics = (complete: boolean): Statistics => ({
      specVersion: 4,
      teacher: fingerprint,
      data,
      batchSize,
      heldOut: rule.share,
      seed: rule.seed,
      shards: [{ ...shard, complete }],
      inputs: recorder.record(),
      firstOfStream: isCut() ? taken : null,
      spans: spans.map((span) => statisticsOf(span, collectors.get(span)!)),
    });
    if (options.resume) {
      requireResumable(options.resume, statistics(false));
      requireSameShard(shard, options.resume.shards);
      for (const [index, span] of spans.entries())
        collectors.set(span, createCollector(nameOf(span), options.resume.spans[index]!.collected));
    }
    async function* counted(batches: AsyncIterable<TappedBatch>): AsyncGenerator<TappedBatch> {
      taken = 0;
      for await (const batch of batches) {
        taken += batch.samples;
        yield batch;
      }
    }
    for (const [pass, group] of groups.entries()) {
      const taps = group.map((span) => ({
        name: nameOf(span),
        geometry: span.lowered.fused.geometry,
        collector: collectors.get(span)!,
      }));
      const reads = group.map(({ nodes }) => ({ input: nodes[0]!.inputs[0]!, target: nodes.at(-1)! }));
      await collectTaps({
        taps,
        backend: computing.backend,
        batches: recorder.recorded(
          shardOf(counted(tapBatches(tf, { network, taps: reads }, source, rule)), shard),
        ),
        totalSamples: source.totalSamples && Math.ceil(source.totalSamples / shard.of),
        signal,
        onProgress: (progress) =>
          options.onProgress?.({ pass, passes: groups.length, ...progress }, () => statistics(false)),
      });
    }
    return statistics(true);
  } catch (error) {
    computing.backend.requireDevice?.();
    throw error;
  } finally {
    await computing.close();
  }
}

function statisticsOf({ nodes, lowered }: FusedSpan, collector: Collector): SpanStatistics {
  return {
    from: nodes[0]!.name,
    to: nodes.at(-1)!.name,
    layers: nodes.map((node) => node.name),
    className: lowered.fused.className,
    geometry: lowered.fused.geometry,
    inChannels: lowered.layers[0]!.inputShape.at(-1)!,
    collected: collector.state(),
  };
}

/** Spans of the same layers are told apart by their kernel sizes. */
function nameOf({ name, lowered }: FusedSpan): string {
  const { geometry } = lowered.fused;
  return geometry ? `${name} ${geometry.kernelSize.join('x')}` : name;
}
