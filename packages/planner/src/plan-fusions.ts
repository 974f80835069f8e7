import {
  type AffineMap,
  type BackendAdapter,
  FuseInitError,
  type LinearAlgebra,
  requireNotAborted,
} from '@fuseinit/core';
import {
  type CalibrationData,
  collectStatistics,
  costOf,
  type LayersModel,
  type Plugin,
  type SpanStatistics,
  type Statistics,
  type Tensor,
  type TensorFlow,
} from '@fuseinit/tfjs';
import {
  firstOfStreamWarning,
  heldOutInputs,
  openComputing,
  outputErrorOf,
  runnableLayers,
} from '@fuseinit/tfjs/internal';
import { addCosts, type CostName, type Costs, noCosts } from './costs/costs.js';
import { compareLatency, type Latency, type LatencyOptions } from './costs/measure-latency.js';
import type { LatencyCache } from './costs/part-costs.js';
import type { Candidate, Plan, PlannedNetwork } from './plan/plan.js';
import { planNetwork } from './plan/plan-network.js';
import { type Considered, considerSpans } from './predict/consider-spans.js';
import { predictErrors } from './predict/predict-errors.js';
import type { SkippedSpan, SpanOption } from './predict/span-options.js';

export interface PlanProgress {
  /** Timing layers and fused layers, running the data through, solving candidates. */
  readonly stage: 'time' | 'collect' | 'solve';
  readonly name: string;
  readonly done: number;
  /** Where it is known. */
  readonly of: number | undefined;
}

export interface PlanOptions {
  readonly tf: TensorFlow;
  /** Unlabelled inputs of the teacher. */
  readonly calibrationData: CalibrationData;
  /** The teacher as it was given, where `teacher` is its simplified form, to be timed beside it as a LayersModel. */
  readonly given?: LayersModel;
  /** As in `fuse`. */
  readonly backend?: BackendAdapter<Tensor>;
  readonly linearAlgebra?: LinearAlgebra;
  readonly plugins?: readonly Plugin[];
  readonly heldOut?: number;
  /** As in `fuse`. */
  readonly seed?: number;
  readonly samples?: number;
  /** Inputs of a fused layer at most: beyond, solving takes long. Default 2048. */
  readonly maxPatchSize?: number;
  /** Of what is timed: by default one sample, 30 runs of each layer in at most a quarter of a second. */
  readonly latency?: Omit<LatencyOptions, 'signal'>;
  /** Keeps times from one call to the next. */
  readonly latencyCache?: LatencyCache;
  readonly onProgress?: (progress: PlanProgress) => void;
  readonly signal?: AbortSignal;
}

/** What could be fused, what each would cost and be wrong by, and the best plans of it. */
export interface Planning extends PlannedNetwork {
  readonly skipped: readonly SkippedSpan[];
  /** The teacher that plans are of. */
  readonly teacher: Costs;
  /** The teacher before it was simplified, where that was given. */
  readonly given: Costs | null;
  readonly teacherLatency: Latency;
  /**
   * What the times of single layers were multiplied by so that they add up to the teacher's own: below 1, since each call
   * of a model takes time of its own.
   */
  readonly latencyScale: number;
  /** What the caller should know, in words. */
  readonly warnings: readonly string[];
  /** The best plan for every budget of a cost, from the cheapest to the teacher. */
  front(cost: CostName): Plan[];
}

/** Held-out samples that the network is run on with each candidate. */
const samplesRun = 256;

/**
 * Predicts every fusion of a teacher: its weights from one pass of statistics, what they do to the network's outputs by
 * running some held-out samples, and its latency by timing the very layer on the backend at hand. Nothing is trained.
 *
 * A plan's predicted error is the sum of its spans', each as if it were the only one. It ranks plans; how well is told by
 * {@link tryPlans}.
 *
 * @throws as `fuse` does for models, data and devices.
 * @throws SPAN_NOT_FOUND when nothing can be fused.
 */
export async function planFusions(teacher: LayersModel, options: PlanOptions): Promise<Planning> {
  const { tf, given, plugins = [], signal, onProgress, latencyCache = new Map() } = options;
  const latency = { seconds: 0.25, ...options.latency, ...(signal && { signal }) };
  const whole = { ...latency, seconds: 1 };
  const [teacherLatency, givenLatency] = (await compareLatency(
    tf,
    given ? [teacher, runnableLayers(given)] : [teacher],
    whole,
  )) as [Latency, Latency?];
  const considered = await considerSpans(teacher, {
    tf,
    plugins,
    maxPatchSize: options.maxPatchSize ?? 2048,
    latencyCache,
    latency,
    onPart: (done, of, name) => onProgress?.({ stage: 'time', name, done, of }),
  });
  if (considered.options.length === 0) throw nothingToFuse(considered.skipped);
  const { candidates, firstOfStream } = await predict(teacher, considered, options);
  const layers = [...considered.layers.values()].reduce(addCosts, noCosts);
  const latencyScale = layers.latency > 0 ? teacherLatency.median / layers.latency : 1;
  const scaled = (costs: Costs): Costs => ({ ...costs, latency: costs.latency * latencyScale });
  const predicted = candidates.map((candidate) => ({ ...candidate, costs: scaled(candidate.costs) }));
  const costs = [...considered.layers].map(([name, each]) => ({ name, costs: scaled(each) }));
  const planned = { layers: costs, candidates: predicted };
  return {
    ...planned,
    skipped: considered.skipped,
    teacher: scaled(layers),
    given: given ? costsAsGiven(given, givenLatency!) : null,
    teacherLatency,
    latencyScale,
    warnings: firstOfStream === null ? [] : [firstOfStreamWarning(firstOfStream)],
    front: (cost) => planNetwork(planned, cost),
  };
}

function costsAsGiven(given: LayersModel, { median }: Latency): Costs {
  const { parameters, multiplyAdds, depth } = costOf(given);
  return { latency: median, parameters, multiplyAdds, depth };
}

async function predict(
  teacher: LayersModel,
  considered: Considered,
  options: PlanOptions,
): Promise<{ readonly candidates: readonly Candidate[] } & Pick<Statistics, 'firstOfStream'>> {
  const { tf, calibrationData, onProgress, signal } = options;
  const computing = await openComputing(options);
  let inputs: readonly Tensor[] = [];
  try {
    const spans = bySpan(considered.options);
    const { spans: statistics, firstOfStream } = await collectStatistics(teacher, {
      tf,
      calibrationData,
      backend: computing.backend,
      // The largest kernel first: what the smaller ones need is part of it.
      spans: spans.map(([largest]) => largest!),
      ...pick(options, ['plugins', 'heldOut', 'seed', 'samples', 'signal']),
      onProgress: ({ samples, totalSamples }) =>
        onProgress?.({ stage: 'collect', name: teacher.name, done: samples, of: totalSamples }),
    });
    inputs = await heldOutInputs(teacher, {
      tf,
      calibrationData,
      ...pick(options, ['heldOut', 'seed', 'samples']),
      maxSamples: samplesRun,
    });
    const outputError = (option: SpanOption, map: AffineMap) =>
      outputErrorOf(teacher, {
        tf,
        span: option,
        map,
        inputs,
        ...pick(options, ['plugins']),
      });
    const candidates: Candidate[] = [];
    for (const [index, kernels] of spans.entries()) {
      for await (const candidate of predictErrors(
        computing.linearAlgebra,
        statistics[index] as SpanStatistics,
        kernels,
        outputError,
      )) {
        requireNotAborted(signal, 'candidates');
        candidates.push(candidate);
        const name = `${candidate.from} to ${candidate.to}`;
        onProgress?.({ stage: 'solve', name, done: candidates.length, of: considered.options.length });
      }
    }
    return { candidates, firstOfStream };
  } finally {
    tf.dispose([...inputs]);
    await computing.close();
  }
}

/** Options of the same span together, the largest kernel first, as they come. */
function bySpan(options: readonly SpanOption[]): SpanOption[][] {
  const spans = new Map<string, SpanOption[]>();
  for (const option of options) {
    const key = JSON.stringify([option.from, option.to]);
    spans.set(key, [...(spans.get(key) ?? []), option]);
  }
  return [...spans.values()];
}

function pick<T, K extends keyof T>(from: T, keys: readonly K[]): Partial<Pick<T, K>> {
  return Object.fromEntries(
    keys.flatMap((key) => (from[key] === undefined ? [] : [[key, from[key]]])),
  ) as Partial<Pick<T, K>>;
}

function nothingToFuse(skipped: readonly SkippedSpan[]): FuseInitError {
  const [first] = skipped;
  const why = first ? ` ${first.from} to ${first.to}, for one: ${first.reason}` : '';
  return new FuseInitError('SPAN_NOT_FOUND', `No span of this model is worth fusing.${why}`);
}
