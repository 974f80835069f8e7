import {
  type BackendAdapter,
  type MomentSums,
  type Moments,
  type PatchGeometry,
  patchLayout,
  positionCount,
  singlePrecision,
} from '@fuseinit/core';
import type { Collector, FloatRows, RowsCollector } from './collectors.js';
import {
  countsOf,
  type Gathered,
  type GatheredCounts,
  type Gathering,
  notFinite,
  plus,
} from './gathering.js';
import { type HeldOutSample, heldOutSamplesOf } from './held-out-rows.js';

/** An array of whichever backend: its shape is all that is looked at here. */
export interface Shaped {
  readonly shape: readonly number[];
}

/** The input of a tap for one batch, and the target to predict from it. */
export interface TapTensors<Tensor> {
  readonly input: Tensor;
  readonly target: Tensor;
}

/** The samples that a batch holds. */
export interface BatchInfo {
  readonly samples: number;
  /** These rows measure the error and aren't solved on. */
  readonly heldOut: boolean;
  /** Which batch of the calibration data this is or is part of, counted from 0, for errors. */
  readonly batch: number;
}

/**
 * Adds up the batches of one tap where its backend does it best, and brings them home to the tap's collector.
 */
export interface Intake<Tensor> {
  /** Batches added so far, those included that the collector began with. */
  readonly batches: number;
  /** Shows the backend's sums what the data are like, and counts nothing. */
  prime(tensors: TapTensors<Tensor>, info: BatchInfo): Promise<void>;
  /** @throws VALUE_NOT_FINITE for NaN or Infinity, with the batch and the tap. */
  add(tensors: TapTensors<Tensor>, info: BatchInfo): Promise<void>;
  /** Brings home what is still on the device; after an error of `add` or `flush` it does nothing. */
  flush(): Promise<void>;
  dispose(): void;
}

/** A place in a network where rows are collected. */
export interface Tap {
  /** The name that errors use. */
  readonly name: string;
  /** The patches of the input; null where each sample is one row, as it must be where rows are kept. */
  readonly geometry: PatchGeometry | null;
  /** Holds what was gathered, also after an error; the batches that it holds are passed over. */
  readonly collector: Collector | RowsCollector;
}

/**
 * An intake for what the tap's collector keeps: rows as they are, or their moments, by {@link
 * BackendAdapter.createSums} where the backend has it, else batch by batch.
 */
export function createIntake<Tensor extends Shaped>(
  backend: BackendAdapter<Tensor>,
  { name, geometry, collector }: Tap,
): Intake<Tensor> {
  const heldOut = async ({ input, target }: TapTensors<Tensor>, { batch, samples }: BatchInfo) => {
    if (!collector.wants(batch, samples)) return [];
    patchLayout(input.shape, target.shape, geometry);
    const read = { input: await onHost(backend, input), target: await onHost(backend, target) };
    for (const side of ['input', 'target'] as const) {
      if (!read[side].data.every(Number.isFinite)) throw notFinite(side, { first: batch, last: batch }, name);
    }
    return heldOutSamplesOf(batch, read.input, read.target, geometry);
  };
  if (collector.keeps === 'rows') {
    return direct(collector, ({ input, target }) => rowsOf(backend, input, target), heldOut);
  }
  const asPrecise = (moments: Moments): Moments => ({ ...precisionOf(backend), ...moments });
  if (backend.createSums) {
    const createSums = backend.createSums.bind(backend);
    return summed(createSums, { name, geometry, collector }, heldOut, asPrecise);
  }
  return direct(
    collector,
    async ({ input, target }) => asPrecise(await backend.patchMoments(input, target, geometry)),
    heldOut,
  );
}

/** The precision of moments for which a backend gives none. Half floats are only stored, not summed. */
function precisionOf({ floatPrecision }: BackendAdapter<never>): Pick<Moments, 'precision'> {
  return floatPrecision === 64 ? {} : { precision: singlePrecision };
}

async function onHost<Tensor extends Shaped>(backend: BackendAdapter<Tensor>, tensor: Tensor) {
  return { shape: tensor.shape, data: Float32Array.from(await backend.read(tensor)) };
}

/** Reads those of a batch's held-out samples that are wanted. */
type ReadHeldOut<Tensor> = (
  tensors: TapTensors<Tensor>,
  info: BatchInfo,
) => Promise<readonly HeldOutSample[]>;

async function rowsOf<Tensor extends Shaped>(
  backend: BackendAdapter<Tensor>,
  input: Tensor,
  target: Tensor,
): Promise<FloatRows> {
  const { rows, patchSize, outFeatures } = patchLayout(input.shape, target.shape, null);
  return {
    inputs: { shape: [rows, patchSize], data: Float32Array.from(await backend.read(input)) },
    targets: { shape: [rows, outFeatures], data: Float32Array.from(await backend.read(target)) },
  };
}

/** An intake that keeps nothing back. */
function direct<Tensor, Held>(
  collector: Gathering<Held>,
  gather: (tensors: TapTensors<Tensor>) => Promise<Held>,
  readHeldOut: ReadHeldOut<Tensor>,
): Intake<Tensor> {
  return {
    get batches() {
      return collector.batches;
    },
    prime: async () => {},
    async add(tensors, info) {
      const gathered: Gathered<Held> = {
        ...countsIn(info),
        ...(info.heldOut ? { heldOut: await readHeldOut(tensors, info) } : { fit: await gather(tensors) }),
      };
      collector.add(gathered, { first: info.batch, last: info.batch });
    },
    flush: async () => {},
    dispose() {},
  };
}

/**
 * The rows that pay for bringing their sums home: patchSize^2 numbers, against patchSize^2 products for each
 * row.
 */
const rowsPerFlush = 8192;

function summed<Tensor extends Shaped>(
  createSums: NonNullable<BackendAdapter<Tensor>['createSums']>,
  { name, collector, geometry }: Tap & { readonly collector: Collector },
  readHeldOut: ReadHeldOut<Tensor>,
  asPrecise: (moments: Moments) => Moments,
): Intake<Tensor> {
  let sums: MomentSums<Tensor> | undefined;
  let heldOut: HeldOutSample[] = [];
  const rowsPerSample = geometry ? positionCount(geometry) : 1;
  let pending = nothing;
  let first = 0;
  let last = 0;
  // Until the device has answered, the contents of its sums are unknown.
  let isSound = true;

  async function sumsFor({ input, target }: TapTensors<Tensor>) {
    const { channels, outFeatures } = patchLayout(input.shape, target.shape, geometry);
    sums ??= await createSums({ channels, outFeatures, geometry });
    return sums;
  }

  async function flush(): Promise<void> {
    if (!isSound || pending.batches === 0) return;
    isSound = false;
    const fit = pending.samples > 0 ? asPrecise(await sums!.take()) : undefined;
    collector.add({ ...pending, ...(fit && { fit }), heldOut }, { first, last });
    pending = nothing;
    heldOut = [];
    isSound = true;
  }

  return {
    get batches() {
      return collector.batches + pending.batches;
    },
    async prime(tensors, info) {
      if (info.heldOut) return;
      const sum = await sumsFor(tensors);
      await sum.prime?.(tensors.input, tensors.target);
    },
    async add(tensors, info) {
      isSound = false;
      if (info.heldOut) heldOut.push(...(await readHeldOut(tensors, info)));
      else {
        const sum = await sumsFor(tensors);
        const side = await sum.add(tensors.input, tensors.target);
        if (side) throw notFinite(side, { first: info.batch, last: info.batch }, name);
      }
      isSound = true;
      if (pending.batches === 0) first = info.batch;
      last = info.batch;
      pending = plus(pending, countsIn(info));
      if ((pending.samples + pending.heldOutSamples) * rowsPerSample >= rowsPerFlush) await flush();
    },
    flush,
    dispose() {
      sums?.dispose();
    },
  };
}

const nothing = countsOf(undefined);

function countsIn({ samples, heldOut }: BatchInfo): GatheredCounts {
  return { batches: 1, samples: heldOut ? 0 : samples, heldOutSamples: heldOut ? samples : 0 };
}
