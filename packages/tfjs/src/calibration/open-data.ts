import { FuseInitError, type Network, nodeOf, sizeOf, tensorType } from '@fuseinit/core';
import { hasOpenLengths, withInputShapes } from '../network/input-lengths.js';
import type { TensorFlow } from '../tensorflow.js';
import { type CalibrationData, isDataset, isIterable } from './calibration-data.js';
import { type CalibrationSource, calibrationSource } from './calibration-source.js';
import { replayable } from './replayable.js';

/** Data for a network, and the network with all its input lengths resolved from the data. */
export interface OpenedData {
  readonly network: Network;
  readonly source: CalibrationSource;
  /** The maximum number of samples in a batch of the source. */
  readonly batchSize: number;
}

/**
 * Opens data for a network. Lengths that the network leaves open are taken from the first sample, and all
 * other samples must match it. If no length is open, nothing is read and the network is returned unchanged.
 *
 * @param batchSize The batch size. Defaults to that of {@link defaultBatchSize}.
 * @throws LAYER_UNSUPPORTED for lengths at which a layer can't be run.
 * @throws CALIBRATION_DATA_UNSUPPORTED, CALIBRATION_DATA_EMPTY, SHAPE_MISMATCH as {@link calibrationSource}
 *   does.
 * @throws SHAPE_MISMATCH while the source is read, for samples whose lengths differ from those of the first
 *   one.
 */
export async function openData(
  tf: TensorFlow,
  data: CalibrationData,
  network: Network,
  batchSize?: number,
): Promise<OpenedData> {
  const inputShapes = network.inputs.map((name) => [
    null,
    ...tensorType(network, { node: name, output: 0 }).shape,
  ]);
  const open = (of: CalibrationData, settled: Network) => {
    const size = batchSize ?? defaultBatchSize(settled);
    return { source: calibrationSource(tf, of, inputShapes, size), batchSize: size };
  };
  if (!hasOpenLengths(network)) return { network, ...open(data, network) };
  const isStream = typeof data === 'object' && data !== null && !isDataset(data) && isIterable(data);
  const kept = isStream ? replayable(data) : undefined;
  const again = kept?.batches ?? data;
  const close = kept?.close ?? (async () => {});
  try {
    const shapes = await firstShapes(calibrationSource(tf, again, inputShapes, 1));
    const settled = withInputShapes(network, shapes);
    const { source, batchSize: size } = open(again, settled);
    return { network: settled, source: { ...ofShapes(source, shapes), close }, batchSize: size };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * The maximum number of elements in the tensors that are alive at once while a batch is run: 64 MiB of
 * float32.
 */
const numbersAtOnce = 2 ** 24;

/**
 * The default batch size: enough samples for about a megabyte of input, from 8 to 256, since matrix products
 * want many rows. It is smaller if the inputs and outputs of one layer would take more than 64 MiB of memory.
 */
function defaultBatchSize(network: Network): number {
  const { nodes, inputs } = network;
  const sizeOfTensor = (shape: readonly (number | null)[]) => sizeOf(shape.map((length) => length ?? 1));
  const read = inputs.map((name) => sizeOfTensor(nodeOf(network, name).outputs[0]!.shape));
  const sizes = new Map(
    nodes.map(({ name, outputs }) => [
      name,
      outputs.reduce((sum, { shape }) => sum + sizeOfTensor(shape), 0),
    ]),
  );
  const largest = Math.max(
    ...nodes.map((node) =>
      node.inputs.reduce((sum, input) => sum + sizes.get(input.node)!, sizes.get(node.name)!),
    ),
  );
  const wanted = Math.max(8, Math.min(256, Math.floor(2 ** 18 / Math.max(...read))));
  return Math.max(1, Math.min(wanted, Math.floor(numbersAtOnce / largest)));
}

type Shapes = readonly (readonly number[])[];

async function firstShapes(source: CalibrationSource): Promise<Shapes> {
  const { indexed } = source;
  const first = indexed ? indexed.read([indexed.indices.slice(0, 1)]) : source.batches();
  for await (const { inputs } of first) {
    const shapes = inputs.map(({ shape }) => shape.slice(1));
    for (const input of inputs) input.dispose();
    return shapes;
  }
  throw new FuseInitError(
    'CALIBRATION_DATA_EMPTY',
    'The calibration data hold no sample: give at least one.',
  );
}

function ofShapes(source: CalibrationSource, shapes: Shapes): CalibrationSource {
  async function* checked(batches: ReturnType<CalibrationSource['batches']>) {
    for await (const batch of batches) {
      const other = batch.inputs.find(({ shape }, index) => shape.slice(1).join() !== shapes[index]!.join());
      if (other) {
        const read = other.shape.slice(1);
        for (const input of batch.inputs) input.dispose();
        throw new FuseInitError(
          'SHAPE_MISMATCH',
          `Calibration data of [${read}] came after ones of [${shapes.map(String).join('], [')}]: the model leaves lengths open, and samples of one size are fused on. Resize them, or cut pieces of one size.`,
        );
      }
      yield batch;
    }
  }
  const { indexed } = source;
  return {
    ...source,
    batches: () => checked(source.batches()),
    ...(indexed && { indexed: { ...indexed, read: (parts) => checked(indexed.read(parts)) } }),
  };
}
