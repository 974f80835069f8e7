import {
  type BackendAdapter,
  FuseInitError,
  type LinearAlgebra,
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
  /** Timing the network with one candidate fused after the other, or solving for it. */
  readonly stage: 'time' | 'try';
  readonly name: string;
  readonly done: number;
  readonly of: number;
}

/** Options of {@link planFusions}. */
export interface PlanOptions {
  readonly tf: TensorFlow;
  /** Unlabelled inputs of the teacher. */
  readonly calibrationData: CalibrationData;
  /**
   * The teacher as it was given, where `teacher` is its simplified form, to be timed beside it as a
   * LayersModel.
   */
  readonly given?: LayersModel;
  /** As in `fuse`. */
  readonly backend?: BackendAdapter<Tensor>;
  readonly linearAlgebra?: LinearAlgebra;
  readonly plugins?: readonly Plugin[];
  /** Share of the samples that errors are measured on, at least a third of them here. */
  readonly heldOut?: number;
  /** As in `fuse`. */
  readonly seed?: number;
  /**
   * Samples that candidates are tried on, held-out ones included, drawn by `seed`. Default 150; where all
   * outputs are large images fewer, at least 24.
   */
  readonly samples?: number;
  /** Inputs of a fused layer at most: beyond, solving takes long. Default 2048. */
  readonly maxPatchSize?: number;
  /**
   * Multiply-adds that trying candidates may take in all. Where all of them would take more, fewer layers are
   * refitted when they are tried, and those that save least for each layer are left out. Default 1e12, a few
   * minutes in WebAssembly.
   */
  readonly maxWork?: number;
  /** Of what is timed: by default one sample, for as long as a dozen runs take, half a second at most. */
  readonly latency?: Omit<LatencyOptions, 'signal'>;
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
  /** What the caller should know, in words. */
  readonly warnings: readonly string[];
  /** The best plan for every budget of a cost, from the cheapest to the teacher. */
  front(cost: CostName): Plan[];
}

/**
 * Predicts every fusion of a teacher worth having: each candidate is fused alone on a few samples, with the
 * layers after it refitted, and the error of the network's outputs is measured on held-out ones; the network
 * with it is timed in turns with the teacher on the backend at hand. Nothing is trained.
 *
 * A plan's predicted error is the sum of its spans', each as if it were the only one, and so is what it saves
 * of each cost. Predictions rank plans; how well is told by {@link tryPlans}.
 *
 * @throws as `fuse` does for models, data and devices.
 * @throws ARGUMENT_INVALID for an option that there isn't.
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
      maxWork: options.maxWork ?? 1e12,
      samples: opened.samples,
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
  heldOut: true,
  seed: true,
  samples: true,
  maxPatchSize: true,
  maxWork: true,
  latency: true,
  backend: true,
  linearAlgebra: true,
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

/** How well they predict is in docs/math.md, section 9. */
const usualSamples = 150;
const fewestSamples = 24;
/** Of the few samples that candidates are tried on, whatever share of all data `fuse` holds out. */
const shareHeldOut = 1 / 3;
/** Positions of one output that a sample of the network above has at its widest. */
const usualPositions = 28 * 28;

/**
 * Fewer samples where each of them holds many, since all outputs are images: every position is a row there.
 */
function samplesFor(network: Network): number {
  const positions = network.outputs.map((output) => sizeOf(shapeOf(network, output).slice(0, -1)));
  const enough = Math.ceil((usualSamples * usualPositions) / Math.min(...positions));
  return Math.min(usualSamples, Math.max(fewestSamples, enough));
}

/** Fewer held-out samples tell hardly more than that a plan is good or bad. */
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

/** Seconds to time a network of about this latency for. */
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
