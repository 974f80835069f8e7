import {
  type BackendAdapter,
  FuseInitError,
  type Network,
  requireKnownOptions,
  requireNotAborted,
  sizeOf,
  type TensorRef,
  tensorType,
} from '@fuseinit/core';
import {
  type CalibrationData,
  costOf,
  type LayersModel,
  type Plugin,
  type SpanRequest,
  type Tensor,
  type TensorFlow,
} from '@fuseinit/tfjs';
import { firstOfStreamWarning, type OpenTeacher, openTeacher, runnableLayers } from '@fuseinit/tfjs/internal';
import type { CostName, Costs } from './costs/costs.js';
import { fusionCosts } from './costs/fusion-costs.js';
import { compareLatency, type Latency, type LatencyOptions } from './costs/measure-latency.js';
import type { Candidate, Plan, PlannedNetwork } from './plan/plan.js';
import { planNetwork } from './plan/plan-network.js';
import { considerSpans, type SkippedSpan, type SpanOption } from './predict/consider-spans.js';

/** The progress of {@link planFusions}. */
export interface PlanProgress {
  /**
   * The current stage: `'time'` while the network is timed with each candidate fused, `'try'` while each
   * candidate is fused and measured.
   */
  readonly stage: 'time' | 'try';
  readonly name: string;
  readonly done: number;
  readonly of: number;
}

/** Options of {@link planFusions}. */
export interface PlanOptions {
  readonly tf: TensorFlow;
  /** Unlabelled inputs for the teacher. */
  readonly calibrationData: CalibrationData;
  /** The original teacher, if `teacher` is its simplified form. It is timed too, as a LayersModel. */
  readonly given?: LayersModel;
  /** As in `fuse`. */
  readonly backend?: BackendAdapter<Tensor>;
  readonly plugins?: readonly Plugin[];
  /** As in `fuse`: whether frozen layers are refitted too. */
  readonly refitFrozen?: boolean;
  /** The share of the samples that are held out to measure errors; here at least a third. */
  readonly heldOut?: number;
  /** As in `fuse`. */
  readonly seed?: number;
  /**
   * The number of samples that candidates are tried on, including held-out ones, drawn by `seed`. Default
   * 150; fewer where all outputs are large images, but at least 24.
   */
  readonly samples?: number;
  /** The maximum number of inputs of a fused layer, beyond which solving takes too long. Default 2048. */
  readonly maxPatchSize?: number;
  /**
   * The maximum number of multiply-adds for trying all candidates. Where more would be needed, the candidates
   * that save least for each layer are left out, and fewer layers are refitted in each trial. Default 5e11, a
   * few minutes in WebAssembly.
   */
  readonly maxWork?: number;
  /**
   * The options for measuring latencies. By default, one sample is timed for about a dozen runs, half a
   * second at most.
   */
  readonly latency?: Omit<LatencyOptions, 'signal'>;
  readonly onProgress?: (progress: PlanProgress) => void;
  readonly signal?: AbortSignal;
}

/** The candidates for fusion with their predicted costs and errors, and the best plans made of them. */
export interface Planning extends PlannedNetwork {
  readonly skipped: readonly SkippedSpan[];
  /** The costs of the teacher that plans are made for. */
  readonly teacher: Costs;
  /** The costs of the original teacher, if it was given; otherwise null. */
  readonly given: Costs | null;
  readonly teacherLatency: Latency;
  /** Warnings for the caller. */
  readonly warnings: readonly string[];
  /** The best plans for every budget of a cost, from the cheapest plan to the unchanged teacher. */
  front(cost: CostName): Plan[];
}

/**
 * Predicts the effect of every worthwhile fusion of a teacher. Each candidate is fused alone on a few
 * samples, with the layers after it refitted, and the error of the network's outputs is measured on held-out
 * samples. The network with the candidate fused is timed in turns with the teacher on the current backend.
 * Nothing is trained.
 *
 * The predicted error of a plan is the sum of its spans' errors, each fused alone, and its predicted saving
 * in each cost is the sum of their savings. Predictions only rank plans; {@link tryPlans} measures them.
 *
 * @throws as `fuse` does for models, data and devices.
 * @throws ARGUMENT_INVALID for an unknown option.
 * @throws SAMPLES_TOO_FEW where no sample is held out.
 * @throws SPAN_NOT_FOUND when nothing can be fused.
 */
export async function planFusions(teacher: LayersModel, options: PlanOptions): Promise<Planning> {
  requireKnownOptions('planFusions', options, optionNames);
  const { tf, given, signal, onProgress, heldOut: _, ...forwarded } = options;
  const latency = { ...options.latency, ...(signal && { signal }) };
  const opened = await openTeacher(teacher, {
    tf,
    ...forwarded,
    ...(signal && { signal }),
    samples: options.samples ?? samplesFor,
    heldOut: Math.max(options.heldOut ?? 0, shareHeldOut),
  });
  try {
    const { network } = opened;
    const considered = considerSpans(network, opened.spans().legal, {
      maxPatchSize: options.maxPatchSize ?? 2048,
      maxWork: options.maxWork ?? 5e11,
      samples: opened.samples,
      refittable: opened.refittable,
    });
    if (considered.options.length === 0) throw nothingToFuse(considered.skipped);
    const inputShapes = network.inputs.map((name) => shapeOf(network, { node: name, output: 0 }));
    const [teacherLatency, givenLatency] = (await compareLatency(
      tf,
      given ? [teacher, runnableLayers(given)] : [teacher],
      { ...latency, seconds: 1, inputShapes },
    )) as [Latency, Latency?];
    const changes = await fusionCosts(teacher, opened, considered.options.map(asRequest), {
      tf,
      latency: { seconds: secondsFor(teacherLatency), ...latency, inputShapes },
      teacherLatency,
      onProgress: ({ from, to }, done) =>
        onProgress?.({ stage: 'time', name: `${from} to ${to}`, done, of: considered.options.length }),
    });
    const planned: PlannedNetwork = {
      layers: network.nodes.map(({ name }) => name),
      costs: { ...countedCosts(teacher, inputShapes), latency: teacherLatency.median },
      candidates: await tryCandidates(opened, considered, changes, options),
    };
    return {
      ...planned,
      skipped: considered.skipped,
      teacher: planned.costs,
      given: given ? { ...countedCosts(given, inputShapes), latency: givenLatency!.median } : null,
      teacherLatency,
      warnings: warningsOf(opened),
      front: (cost) => planNetwork(planned, cost),
    };
  } finally {
    await opened.close();
  }
}

const optionNames: Readonly<Record<keyof PlanOptions, true>> = {
  tf: true,
  calibrationData: true,
  given: true,
  plugins: true,
  refitFrozen: true,
  heldOut: true,
  seed: true,
  samples: true,
  maxPatchSize: true,
  maxWork: true,
  latency: true,
  backend: true,
  onProgress: true,
  signal: true,
};

function countedCosts(
  model: LayersModel,
  inputShapes: LatencyOptions['inputShapes'],
): Omit<Costs, 'latency'> {
  const { parameters, multiplyAdds, depth } = costOf(model, inputShapes);
  return { parameters, multiplyAdds, depth };
}

/**
 * The default number of samples. See docs/math.md, section 9, for the quality of predictions from so many.
 */
const usualSamples = 150;
const fewestSamples = 24;
/**
 * The share of the samples held out when candidates are tried, independent of the share that `fuse` holds
 * out.
 */
const shareHeldOut = 1 / 3;
/** The number of spatial positions of an output up to which the default number of samples is used. */
const usualPositions = 28 * 28;

/**
 * The number of samples to try candidates on. It is smaller where all outputs are large images, since every
 * position of an image counts as a row.
 */
function samplesFor(network: Network): number {
  const positions = network.outputs.map((output) => sizeOf(shapeOf(network, output).slice(0, -1)));
  const enough = Math.ceil((usualSamples * usualPositions) / Math.min(...positions));
  return Math.min(usualSamples, Math.max(fewestSamples, enough));
}

/** The number of held-out samples below which errors only separate good plans from bad ones. */
const fewHeldOut = 8;

function shapeOf(network: Network, tensor: TensorRef): readonly number[] {
  return tensorType(network, tensor).shape.map(Number);
}

function warningsOf({ firstOfStream, heldOutSamples }: OpenTeacher): string[] {
  return [
    ...(firstOfStream === null ? [] : [firstOfStreamWarning(firstOfStream)]),
    ...(heldOutSamples < fewHeldOut
      ? [
          `Errors were predicted on ${heldOutSamples} held-out samples: with so few, plans of similar errors can't be told apart. Give more data.`,
        ]
      : []),
  ];
}

/** The time to spend on measuring a network of about this latency, in seconds. */
function secondsFor({ median }: Latency): number {
  return Math.min(0.5, Math.max(0.15, 12 * median));
}

/** Fuses each candidate alone. */
async function tryCandidates(
  opened: OpenTeacher,
  { options, refit }: ReturnType<typeof considerSpans>,
  changes: readonly Costs[],
  { signal, onProgress }: PlanOptions,
): Promise<Candidate[]> {
  const candidates: Candidate[] = [];
  const of = options.reduce((sum, option) => sum + option.work, 0);
  let done = 0;
  for (const [index, { patchSize: _, work, ...span }] of options.entries()) {
    const change = changes[index]!;
    requireNotAborted(signal, 'candidates');
    onProgress?.({ stage: 'try', name: `${span.from} to ${span.to}`, done, of });
    done += work;
    const { relativeMse, outputRelativeMse } = await opened.tryFusion([span], refit);
    candidates.push({ ...span, relativeMse: relativeMse[0]!, outputRelativeMse, change });
  }
  return candidates;
}

function asRequest({ from, to, kernelSize }: SpanOption): SpanRequest {
  return { from, to, kernelSize };
}

function nothingToFuse(skipped: readonly SkippedSpan[]): FuseInitError {
  const [first] = skipped;
  const why = first ? ` ${first.from} to ${first.to}, for one: ${first.reason}` : '';
  return new FuseInitError('SPAN_NOT_FOUND', `No span of this model is worth fusing.${why}`);
}
