import {
  type AffineMap,
  joinNetworks,
  measureAffine,
  type NdArray,
  ndArray,
  shuffledIndices,
  solveAffine,
  uniformStream,
} from '@fuseinit/core';
import { type Plugin, registryWith } from '../find-spans.js';
import type { SpanRequest } from '../fuse/fuse-options.js';
import { fusedWeights } from '../fuse/fused-weights.js';
import { planSpan } from '../fuse/plan-spans.js';
import { replaceSpan } from '../fuse/replace-span.js';
import { withInputShapes } from '../network/input-lengths.js';
import { createLiveLayers } from '../network/make-layer.js';
import { readNetwork } from '../network/read-network.js';
import { runNetwork } from '../network/run-network.js';
import type { LayersModel, Tensor, TensorFlow } from '../tensorflow.js';

/**
 * What fusing one span alone does to a model's outputs, before their activation: the mean square error that the best affine
 * map of them leaves, over the variance of the teacher's, averaged over the outputs. Such a map is the least that a refit of
 * later layers mends. Up to the span, and beside it, layers run once for both.
 *
 * @param map The fused layer's weights, kernel [patchSize, outFeatures].
 * @param inputs One tensor for each of the model's inputs, in its order.
 * @throws SPAN_NOT_FOUND, SPAN_ILLEGAL, KERNEL_TOO_LARGE for what can't be fused as asked.
 * @throws PLUGIN_FAILED for a plugin whose layer computes something else than `map`.
 */
export async function outputErrorOf(
  teacher: LayersModel,
  options: {
    readonly tf: TensorFlow;
    readonly span: SpanRequest;
    readonly map: AffineMap;
    readonly inputs: readonly Tensor[];
    readonly plugins?: readonly Plugin[];
  },
): Promise<number> {
  const { tf, span, map, inputs, plugins = [] } = options;
  const open = readNetwork(teacher);
  const network = withInputShapes(
    open,
    inputs.map(({ shape }) => shape.slice(1)),
  );
  const planned = planSpan(network, registryWith(plugins), span, { open });
  const student = replaceSpan(network, planned, await fusedWeights(tf, planned, map));
  const { network: joined, locate } = joinNetworks(network, student);
  const taps = [...network.outputs, ...student.outputs.map(locate)].map((output) => ({
    ...output,
    beforeActivation: true,
  }));
  const live = createLiveLayers(tf);
  let tensors: Tensor[] = [];
  try {
    tensors = tf.tidy(() => runNetwork(joined, inputs, taps, { live }).map((tensor) => tensor.clone()));
    const outputs = await Promise.all(tensors.map(halvesOf));
    const errors = network.outputs.map((_, index) =>
      leftError(outputs[index + network.outputs.length]!, outputs[index]!),
    );
    return errors.reduce((sum, error) => sum + error, 0) / errors.length;
  } finally {
    tf.dispose(tensors);
    live.dispose();
  }
}

/** Rows of a tensor's last axis, in two parts: to map and to measure on. */
interface Halves {
  readonly mapped: NdArray;
  readonly measured: NdArray;
}

/** Rows that each half has at most: more tell little more. */
const mostRows = 256;

/**
 * Halves of the samples, drawn, so that sorted data and data in turns have all kinds in both. Positions of one sample stay
 * together, unless there is no other sample: they are too similar to test each other. The same for each tensor of a shape.
 */
async function halvesOf(tensor: Tensor): Promise<Halves> {
  const values = await tensor.data();
  const columns = tensor.rank > 1 ? tensor.shape.at(-1)! : 1;
  const rows = values.length / columns;
  const [samples = 1] = tensor.shape;
  const groups = samples > 1 ? samples : rows;
  const positions = rows / groups;
  const drawn = shuffledIndices(groups, uniformStream(0));
  const half = Math.floor(groups / 2);
  const rowsOf = (chosen: Uint32Array): NdArray => {
    const all = chosen.length * positions;
    const kept = Math.min(all, mostRows);
    const data = new Float64Array(kept * columns);
    for (let row = 0; row < kept; row++) {
      // Evenly spread, where there are many positions.
      const place = Math.floor((row * all) / kept);
      const from = chosen[Math.floor(place / positions)]! * positions + (place % positions);
      data.set(values.subarray(from * columns, (from + 1) * columns), row * columns);
    }
    return { shape: [kept, columns], data };
  };
  return { mapped: rowsOf(drawn.subarray(0, half)), measured: rowsOf(drawn.subarray(half)) };
}

/** What the best affine map of a student's outputs leaves of its teacher's: a poor one is no better than none. */
function leftError(student: Halves, teacher: Halves): number {
  const [rows, columns] = student.mapped.shape as [number, number];
  const prior = {
    kernel: ndArray(
      [columns, columns],
      Float64Array.from({ length: columns ** 2 }, (_, index) => Number(index % (columns + 1) === 0)),
    ),
    bias: ndArray([columns], new Float64Array(columns)),
  };
  const measured = { inputs: student.measured, targets: teacher.measured };
  // Hardly anything can be mapped on a single row.
  if (rows < 2) return measureAffine(measured, prior).relativeMse;
  const mapped = { inputs: student.mapped, targets: teacher.mapped };
  return solveAffine(mapped, { ridge: 'auto', prior, heldOut: measured }).heldOutRelativeMse!;
}
