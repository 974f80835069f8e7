import {
  type BackendAdapter,
  type MomentSums,
  type PatchGeometry,
  patchLayout,
  positionCount,
} from '@fuseinit/core';
import type { Collector } from './create-collector.js';
import { countsOf, type Gathered, type GatheredCounts, type Gathering, plus } from './create-gathering.js';
import type { FloatRows, RowsCollector } from './create-rows-collector.js';
import { notFinite } from './not-finite.js';

/** An array of whichever backend: its shape is all that is looked at here. */
export interface Shaped {
  readonly shape: readonly number[];
}

/** What a tap reads of one batch, and what is to be predicted from it. */
export interface TapTensors<Tensor> {
  readonly input: Tensor;
  readonly target: Tensor;
}

/** Which samples a batch is of. */
export interface BatchInfo {
  readonly samples: number;
  /** These rows measure the error and aren't solved on. */
  readonly heldOut: boolean;
  /** Which batch of the calibration data this is or is part of, counted from 0, for errors. */
  readonly batch: number;
}

/** Adds up the batches of one tap where its backend does it best, and brings them home to the tap's collector. */
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

/** Where rows are collected. */
export interface Tap {
  /** For errors. */
  readonly name: string;
  /** The patches of the input; null where each sample is one row, as it must be where rows are kept. */
  readonly geometry: PatchGeometry | null;
  /** Holds what was gathered, also after an error; the batches that it holds are passed over. */
  readonly collector: Collector | RowsCollector;
}

/**
 * An intake for what the tap's collector keeps: rows as they are, or their moments, by {@link BackendAdapter.createSums}
 * where the backend has it, else batch by batch.
 */
export function createIntake<Tensor extends Shaped>(
  backend: BackendAdapter<Tensor>,
  { name, geometry, collector }: Tap,
): Intake<Tensor> {
  if (collector.keeps === 'rows') {
    return direct(collector, ({ input, target }) => rowsOf(backend, input, target));
  }
  if (backend.createSums) {
    return summed(backend.createSums.bind(backend), { name, geometry, collector });
  }
  return direct(collector, ({ input, target }) => backend.patchMoments(input, target, geometry));
}

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
  gather: (tensors: TapTensors<Tensor>) => Held | Promise<Held>,
): Intake<Tensor> {
  return {
    get batches() {
      return collector.batches;
    },
    prime: async () => {},
    async add(tensors, info) {
      const held = await gather(tensors);
      const gathered: Gathered<Held> = {
        ...countsIn(info),
        ...(info.heldOut ? { heldOut: held } : { fit: held }),
      };
      collector.add(gathered, { first: info.batch, last: info.batch });
    },
    flush: async () => {},
    dispose() {},
  };
}

/** So many rows pay for bringing their sums home: patchSize^2 numbers, against patchSize^2 products for each row. */
const rowsPerFlush = 8192;

function summed<Tensor extends Shaped>(
  createSums: NonNullable<BackendAdapter<Tensor>['createSums']>,
  { name, collector, geometry }: Tap & { readonly collector: Collector },
): Intake<Tensor> {
  const sums: { fit?: MomentSums<Tensor>; heldOut?: MomentSums<Tensor> } = {};
  const rowsPerSample = geometry ? positionCount(geometry) : 1;
  let pending = nothing;
  let first = 0;
  let last = 0;
  // Until the device has answered, what its sums hold is not known.
  let isSound = true;

  async function sumsFor({ input, target }: TapTensors<Tensor>, side: 'fit' | 'heldOut') {
    const { channels, outFeatures } = patchLayout(input.shape, target.shape, geometry);
    sums[side] ??= await createSums({ channels, outFeatures, geometry });
    return sums[side];
  }

  async function flush(): Promise<void> {
    if (!isSound || pending.batches === 0) return;
    isSound = false;
    // Both before either is counted: a collector must know to the batch what it holds.
    const fit = pending.samples > 0 ? await sums.fit!.take() : undefined;
    const heldOut = pending.heldOutSamples > 0 ? await sums.heldOut!.take() : undefined;
    collector.add({ ...pending, ...(fit && { fit }), ...(heldOut && { heldOut }) }, { first, last });
    pending = nothing;
    isSound = true;
  }

  return {
    get batches() {
      return collector.batches + pending.batches;
    },
    async prime(tensors, info) {
      const sum = await sumsFor(tensors, info.heldOut ? 'heldOut' : 'fit');
      await sum.prime?.(tensors.input, tensors.target);
    },
    async add(tensors, info) {
      isSound = false;
      const sum = await sumsFor(tensors, info.heldOut ? 'heldOut' : 'fit');
      const side = await sum.add(tensors.input, tensors.target);
      if (side) throw notFinite(side, { first: info.batch, last: info.batch }, name);
      isSound = true;
      if (pending.batches === 0) first = info.batch;
      last = info.batch;
      pending = plus(pending, countsIn(info));
      if ((pending.samples + pending.heldOutSamples) * rowsPerSample >= rowsPerFlush) await flush();
    },
    flush,
    dispose() {
      sums.fit?.dispose();
      sums.heldOut?.dispose();
    },
  };
}

const nothing = countsOf(undefined);

function countsIn({ samples, heldOut }: BatchInfo): GatheredCounts {
  return { batches: 1, samples: heldOut ? 0 : samples, heldOutSamples: heldOut ? samples : 0 };
}
