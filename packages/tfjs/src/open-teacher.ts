import { FuseInitError, type Network, type TensorRef } from '@fuseinit/core';
import type { CalibrationSource, InputBatch } from './calibration/calibration-source.js';
import { type HeldOutRule, heldOutRule, holdsOut, splitHeldOut } from './calibration/held-out.js';
import { limitedSource, samplesTaken } from './calibration/limited-source.js';
import { openData } from './calibration/open-data.js';
import { type FoundSpans, spansOf } from './find-spans.js';
import type { FuseOptions, SpanRequest } from './fuse/fuse-options.js';
import { type Fusion, passesOf } from './fuse/fusion.js';
import { createKeptActivations } from './fuse/kept-activations.js';
import { createNetworkProbe, type NetworkProbe } from './fuse/network-probe.js';
import { openComputing } from './fuse/open-computing.js';
import { planSpan, planSpans } from './fuse/plan-spans.js';
import { planSteps, refittableLayers } from './fuse/plan-steps.js';
import { replaceSpan } from './fuse/replace-span.js';
import { solveSteps } from './fuse/solve-steps.js';
import { batchName } from './fuse/tap-batches.js';
import { requireSoundKernels } from './kernel-faults/require-sound-kernels.js';
import { createLiveLayers } from './network/make-layer.js';
import { readNetwork } from './network/read-network.js';
import { requireModel } from './network/require-model.js';
import { registryWith } from './plugins.js';
import type { LayersModel, Tensor, TensorFlow } from './tensorflow.js';

/** A teacher that was read once, with some samples in memory, for trying many fusions. */
export interface OpenTeacher {
  /** The network with all its input lengths resolved from the data. */
  readonly network: Network;
  /** The number of samples in memory, including held-out ones. */
  readonly samples: number;
  readonly heldOutSamples: number;
  /** The number of samples taken from the beginning of a stream that has more; null for other data. */
  readonly firstOfStream: number | null;
  spans(): FoundSpans;
  /** The names of the layers that can be refitted after a fusion. */
  readonly refittable: ReadonlySet<string>;
  /**
   * Returns the teacher's network with one span fused into a layer that has no weights yet.
   *
   * @throws SPAN_NOT_FOUND, SPAN_ILLEGAL, KERNEL_TOO_LARGE for a span that can't be fused as requested.
   */
  withSpan(span: SpanRequest): Network;
  /**
   * Fuses spans on the samples in memory, refits later layers, and measures the result on the held-out
   * samples. No model is written.
   *
   * @throws for spans, plugins and devices as `fuse` does.
   */
  tryFusion(spans: readonly SpanRequest[], refit: NonNullable<FuseOptions['refit']>): Promise<TriedFusion>;
  close(): Promise<void>;
}

/** The errors of a fusion on held-out samples. */
export interface TriedFusion {
  /** The relative MSE of each fused layer's pre-activation, in the order of the network. */
  readonly relativeMse: readonly number[];
  /**
   * The mean square error of the network's outputs relative to the variance of the teacher's, averaged over
   * the outputs.
   */
  readonly outputRelativeMse: number;
}

/** Options of {@link openTeacher}. */
export interface OpenTeacherOptions
  extends Pick<
    FuseOptions,
    'tf' | 'backend' | 'calibrationData' | 'plugins' | 'seed' | 'refitFrozen' | 'signal'
  > {
  /**
   * The number of samples to keep in memory, or a function that returns it for the network with all lengths
   * resolved. They are drawn from the whole data by `seed`; of a stream they are the first.
   */
  readonly samples: number | ((network: Network) => number);
  /** The share of these samples that is held out. Defaults to that of `fuse`. */
  readonly heldOut?: number;
}

/**
 * Reads a teacher and some samples of its data, which are kept in memory.
 *
 * @throws MODEL_UNSUPPORTED, MODEL_UNBUILT, MODEL_DISPOSED for anything but a built LayersModel that isn't
 *   disposed.
 * @throws LAYER_UNSUPPORTED for a layer that this backend of TensorFlow.js computes incorrectly.
 * @throws CALIBRATION_DATA_UNSUPPORTED, CALIBRATION_DATA_EMPTY, SHAPE_MISMATCH for unsuitable data.
 * @throws SAMPLES_TOO_FEW if no sample is held out.
 * @throws ABORTED when the signal fires.
 */
export async function openTeacher(teacher: LayersModel, options: OpenTeacherOptions): Promise<OpenTeacher> {
  requireModel(teacher);
  const { tf } = options;
  const open = readNetwork(teacher);
  requireSoundKernels(tf, open);
  const { refitFrozen = false } = options;
  const registry = registryWith(options.plugins);
  const { network, source: whole } = await openData(tf, options.calibrationData, open);
  let kept: KeptSamples;
  const samples = typeof options.samples === 'number' ? options.samples : options.samples(network);
  const rule = heldOutRule(options, samplesTaken(whole, samples));
  try {
    kept = await keptSamples(tf, limitedSource(tf, whole, samples, rule), rule);
  } finally {
    await whole.close();
  }
  const computing = await openComputing(options.backend);
  const live = createLiveLayers(tf);
  const shared: Omit<Fusion, 'options' | 'passes' | 'live' | 'activations'> = {
    tf,
    teacher: network,
    source: kept.source,
    heldOut: rule,
    ...computing,
  };
  const fusionOf = (spans: readonly SpanRequest[]) => ({ ...options, spans, samples: kept.samples });
  let probe: NetworkProbe | undefined;
  let found: FoundSpans | undefined;
  const ofTeacher = createKeptActivations(tf);
  /** Keeps what the teacher computes up to a tensor, which all fusions behind it read. */
  const startAt = async (from: TensorRef) => {
    const run = ofTeacher.pass(network, [from], kept.samples, false);
    for await (const { inputs, indices } of splitHeldOut(tf, kept.source.batches(), rule)) {
      try {
        tf.dispose(run(batchName(indices), inputs, live));
      } finally {
        tf.dispose([...inputs]);
      }
    }
    probe!.startAt(from);
  };
  const close = async () => {
    probe?.dispose();
    ofTeacher.dispose();
    live.dispose();
    await computing.close();
  };
  try {
    probe = await createNetworkProbe({ ...shared, options: fusionOf([]), live }, kept.samples);
    if (!probe) {
      throw new FuseInitError(
        'SAMPLES_TOO_FEW',
        `No sample is held out of ${kept.samples}: errors are measured on samples that nothing was solved on. Give more of them, or hold out a share.`,
      );
    }
  } catch (error) {
    await close();
    throw error;
  }
  const measured = probe;
  return {
    network,
    samples: kept.samples,
    heldOutSamples: kept.heldOutSamples,
    firstOfStream: !whole.indexed && kept.samples === samples ? kept.samples : null,
    spans: () => (found ??= spansOf(network, registry, open)),
    refittable: refittableLayers(network, registry, refitFrozen),
    withSpan: (span) => replaceSpan(network, planSpan(network, registry, span, { open })),
    async tryFusion(requests, refit) {
      const spans = planSpans(network, registry, { spans: requests }, open);
      const { steps } = planSteps(network, registry, spans, { refit, refitFrozen });
      await startAt(spans[0]!.nodes[0]!.inputs[0]!);
      const made = createLiveLayers(tf);
      const activations = ofTeacher.fork();
      try {
        const fusion = {
          ...shared,
          options: fusionOf(requests),
          passes: passesOf(steps, new Map()),
          live: made,
          activations,
        };
        const solved = await solveSteps(fusion, {
          errorOf: (student, _, from) => measured.errorOf(student, made, from),
        });
        const own = solved.steps.filter(({ step }) => step.stage === 'fuse');
        return {
          relativeMse: own.map(({ report }) => report.heldOutRelativeMse ?? report.relativeMse),
          outputRelativeMse: await measured.errorOf(solved.student, made),
        };
      } catch (error) {
        computing.backend.requireDevice?.();
        throw error;
      } finally {
        activations.dispose();
        made.dispose();
      }
    },
    close,
  };
}

interface KeptSamples {
  readonly source: CalibrationSource;
  readonly samples: number;
  readonly heldOutSamples: number;
}

/** Copies samples to the host, and returns a source that creates tensors of them in every pass. */
async function keptSamples(
  tf: TensorFlow,
  source: CalibrationSource,
  rule: HeldOutRule,
): Promise<KeptSamples> {
  interface KeptBatch extends Omit<InputBatch, 'inputs'> {
    readonly arrays: readonly { readonly data: Float32Array; readonly shape: readonly number[] }[];
  }
  const batches: KeptBatch[] = [];
  for await (const { inputs, samples, indices } of source.batches()) {
    const arrays = await Promise.all(
      inputs.map(async (input) => ({ data: Float32Array.from(await input.data()), shape: input.shape })),
    );
    tf.dispose([...inputs]);
    batches.push({ arrays, samples, indices });
  }
  const samples = batches.reduce((sum, batch) => sum + batch.samples, 0);
  return {
    samples,
    heldOutSamples: batches.reduce((sum, { indices }) => sum + indices.filter(holdsOut(rule)).length, 0),
    source: {
      totalSamples: samples,
      async *batches() {
        for (const { arrays, ...batch } of batches) {
          const inputs: Tensor[] = arrays.map(({ data, shape }) => tf.tensor(data, [...shape]));
          yield { ...batch, inputs };
        }
      },
      close: async () => {},
    },
  };
}
