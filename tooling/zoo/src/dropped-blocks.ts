import { changeNetwork, type Network, type TensorRef } from '@fuseinit/core';
import { openData } from '@fuseinit/data-files';
import { modelFiles } from '@fuseinit/model-files';
import { compareLatency, type Ratio } from '@fuseinit/planner';
import { type LayersModel, readNetwork, simplify, type Tensor, toLayersModel } from '@fuseinit/tfjs';
import tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';

/** A network without some of its residual blocks, as after depth pruning and before training. */
export interface DroppedBlocks {
  readonly dropped: number;
  /** The number of residual blocks in the original network. */
  readonly of: number;
  /** The latency as a share of the simplified model's. */
  readonly latency: Ratio;
  /** The relative MSE of the outputs. */
  readonly error: number;
  /** The share of samples with the same prediction as the simplified model's. */
  readonly agreement: number;
}

/**
 * Drops as few residual blocks of a classifier of photos as it takes to come within each share of its
 * simplified form's latency on wasm, those first that change the outputs least when they go alone; as many as
 * there are where that isn't enough. Nothing where it has no such block.
 *
 * @param shares The shares of the latency, in decreasing order.
 */
export async function dropBlocks(
  path: string,
  { photos, size }: { readonly photos: string; readonly size: number },
  shares: readonly number[],
): Promise<readonly DroppedBlocks[]> {
  await tf.setBackend('wasm');
  const given = await tf.loadLayersModel(modelFiles(path));
  const { model } = simplify(given, { tf });
  given.dispose();
  const network = readNetwork(model);
  const blocks = residualBlocks(network);
  if (blocks.length === 0) {
    model.dispose();
    return [];
  }
  const samples = await photosIn(photos, size);
  const expected = outputsOf(model, samples);
  const without = (dropped: readonly ResidualBlock[]): LayersModel => {
    const redirect = dropped.map(({ sum, input }) => [{ node: sum, output: 0 }, input] as const);
    return toLayersModel(tf, changeNetwork(network, { redirect }));
  };
  const harm = new Map<ResidualBlock, number>();
  for (const block of blocks) {
    const pruned = without([block]);
    harm.set(block, compared(expected, outputsOf(pruned, samples)).error);
    pruned.dispose();
  }
  const order = [...blocks].sort((one, other) => harm.get(one)! - harm.get(other)!);
  const found: DroppedBlocks[] = [];
  for (let dropped = 1; dropped <= order.length && found.length < shares.length; dropped++) {
    const pruned = without(order.slice(0, dropped));
    const [, latency] = await compareLatency(tf, [model, pruned]);
    if (latency!.ratio.low <= shares[found.length]! || dropped === order.length) {
      const figures = compared(expected, outputsOf(pruned, samples));
      found.push({ dropped, of: order.length, latency: latency!.ratio, ...figures });
    }
    pruned.dispose();
  }
  model.dispose();
  return found;
}

interface ResidualBlock {
  /** The name of the Add that ends the block. */
  readonly sum: string;
  /** The tensor that the block's result is added to. */
  readonly input: TensorRef;
}

/** The sums of two tensors of which the second is computed from the first. */
export function residualBlocks(network: Network): ResidualBlock[] {
  const sources = new Map<string, Set<string>>();
  for (const { name, inputs } of network.nodes) {
    const own = new Set(inputs.flatMap(({ node }) => [node, ...sources.get(node)!]));
    sources.set(name, own);
  }
  return network.nodes.flatMap(({ name, layer, inputs }) => {
    const [one, other] = inputs;
    if (layer.className !== 'Add' || inputs.length !== 2) return [];
    if (sources.get(other!.node)!.has(one!.node)) return [{ sum: name, input: one! }];
    return sources.get(one!.node)!.has(other!.node) ? [{ sum: name, input: other! }] : [];
  });
}

async function photosIn(folder: string, size: number): Promise<Tensor[]> {
  const data = await openData(folder, { resize: [size, size], pixels: 'unit', channels: 3 });
  try {
    const batches: Tensor[] = [];
    for await (const batch of data.batches(16)) batches.push(tf.tensor(batch.data, [...batch.shape]));
    return batches;
  } finally {
    await data.close();
  }
}

/** The rows of the first output. */
function outputsOf(model: LayersModel, samples: readonly Tensor[]): number[][] {
  return samples.flatMap((batch) =>
    tf.tidy(() => {
      const predicted = model.predict(batch);
      return (Array.isArray(predicted) ? predicted[0]! : predicted).arraySync() as number[][];
    }),
  );
}

function compared(
  expected: readonly number[][],
  actual: readonly number[][],
): Pick<DroppedBlocks, 'error' | 'agreement'> {
  const columns = expected[0]!.map((_, column) => expected.map((row) => row[column]!));
  const means = columns.map((column) => column.reduce((sum, value) => sum + value, 0) / column.length);
  let [distance, variance, same] = [0, 0, 0];
  for (const [sample, row] of expected.entries()) {
    const other = actual[sample]!;
    for (const [column, value] of row.entries()) {
      distance += (value - other[column]!) ** 2;
      variance += (value - means[column]!) ** 2;
    }
    if (largestOf(row) === largestOf(other)) same++;
  }
  return { error: distance / variance, agreement: same / expected.length };
}

function largestOf(row: readonly number[]): number {
  return row.indexOf(Math.max(...row));
}
