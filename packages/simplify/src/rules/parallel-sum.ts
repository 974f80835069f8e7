import {
  type AffineStep,
  type DenseStep,
  fullKernel,
  type NetworkNode,
  patchGeometry,
  tensorKey,
  type WindowStep,
} from '@fuseinit/core';
import { asWindow, extentOf, type SampleShape } from '../affine-steps.js';
import { originsOf, outputOf, type Rule, type Scope } from '../scope.js';
import { stockLayer } from '../stock-layer.js';

/** One input of an `Add`, as a step from the tensor that it is computed from. */
interface Branch {
  readonly step: AffineStep | null;
  /** The layer that computes it; undefined where the `Add` reads the tensor itself. */
  readonly node: NetworkNode | undefined;
}

/**
 * Affine layers that read the same tensor and are summed by an `Add` are merged into one; the tensor itself
 * and its scales and shifts count as convolutions with a 1x1 kernel. Examples are a residual connection
 * around a single convolution, and the branches of RepVGG.
 *
 * It applies where the branches have no activation, nothing else reads them, none is an output of the network
 * or shares weights, and all windows fit into the largest of them: with the same strides, compatible
 * dilation, and known lengths where strides exceed 1. If all branches are depthwise, the result is too.
 */
export const parallelSum: Rule = (node, scope) => {
  if (node.layer.className !== 'Add' || !scope.isFree(node) || node.inputs.length < 2) return null;
  const groups = new Map<string, { at: number; branch: Branch }[]>();
  node.inputs.forEach((input, at) => {
    const source = scope.node(input.node)!;
    const step = branchStep(source, scope);
    const root = step === undefined ? input : source.inputs[0]!;
    const branch = step === undefined ? { step: null, node: undefined } : { step, node: source };
    // An `Add` broadcasts, so branches of different shapes can't be merged.
    const key = `${tensorKey(root)} ${JSON.stringify(source.outputs[input.output]!.shape)}`;
    groups.set(key, [...(groups.get(key) ?? []), { at, branch }]);
  });
  for (const group of groups.values()) {
    const nodes = group.flatMap(({ branch }) => branch.node ?? []);
    const [first] = nodes;
    if (group.length < 2 || !first) continue;
    const shape = scope.inputShape(first);
    if (scope.inputDtype(first) !== node.outputs[0]!.dtype) continue;
    const steps = group.map(({ branch }) => branch.step);
    const sum = sumSteps(steps, shape);
    if (!sum) continue;
    const isWhole = group.length === node.inputs.length;
    const named = isWhole && scope.isOutput(node) ? node : first;
    const layers = [
      { ...named.layer, name: scope.layerName(named) },
      ...nodes.map(({ layer }) => layer),
    ] as const;
    const layer = stockLayer({ steps: [sum], activation: 'linear' }, layers, shape.length - 1);
    if (!layer) continue;
    const merged: NetworkNode = {
      name: named.name,
      layer,
      inputs: first.inputs,
      outputs: first.outputs,
      origins: originsOf(isWhole ? [...nodes, node] : nodes),
    };
    const others = nodes.filter(({ name }) => name !== merged.name).map(({ name }) => name);
    if (isWhole) {
      const gone = named === node ? others : [...others, node.name];
      const redirect = named === node ? [] : ([[outputOf(node), outputOf(merged)]] as const);
      return {
        rule: 'parallel-sum',
        nodes: [...nodes, node],
        change: { remove: gone, add: [merged], redirect },
      };
    }
    const places = new Set(group.map(({ at }) => at));
    const firstPlace = group[0]!.at;
    const inputs = node.inputs.flatMap((input, at) =>
      at === firstPlace ? [outputOf(merged)] : places.has(at) ? [] : [input],
    );
    return {
      rule: 'parallel-sum',
      nodes,
      change: { remove: others, add: [merged, { ...node, inputs }] },
    };
  }
  return null;
};

/**
 * The affine step of a node as a branch; undefined if the node can't be merged, so that the branch starts at
 * its output.
 */
function branchStep(source: NetworkNode, scope: Scope): AffineStep | null | undefined {
  const form = scope.formOf(source);
  const [step, ...others] = form?.steps ?? [];
  const only = scope.readersOf(source.name).length === 1 && !scope.isOutput(source);
  if (!form || !only || !step || others.length > 0 || form.activation !== 'linear') return undefined;
  if (step.kind === 'transposed') return undefined;
  return step;
}

/**
 * The sum of affine steps of one input, null for the identity among them; null where there is no such step.
 *
 * @param shape The shape of the input.
 */
function sumSteps(steps: readonly (AffineStep | null)[], shape: SampleShape): AffineStep | null {
  const channels = shape.at(-1)!;
  const given = steps.map(
    (step): AffineStep =>
      step ?? {
        kind: 'channels',
        scale: new Float64Array(channels).fill(1),
        shift: new Float64Array(channels),
      },
  );
  if (given.every((step) => step.kind === 'channels')) {
    return {
      kind: 'channels',
      scale: added(given.map(({ scale }) => scale)),
      shift: added(given.map(({ shift }) => shift)),
    };
  }
  if (given.every((step) => step.kind === 'channels' || step.kind === 'dense')) {
    const dense = given.map(asDense);
    return {
      kind: 'dense',
      kernel: { shape: dense[0]!.kernel.shape, data: added(dense.map(({ kernel }) => kernel.data)) },
      bias: added(dense.map(({ bias }) => bias)),
    };
  }
  const sliding = given.filter((step) => step.kind !== 'transposed');
  if (sliding.length < given.length) return null;
  const rank = shape.length - 1;
  const windows = sliding.map((step) => asWindow(step, rank));
  const largest = windows.reduce((most, step) => (reach(step) > reach(most) ? step : most));
  const apart = windows.every(({ groups, bias }) => groups === channels && bias.length === channels);
  const parts = windows.map((step) => within(step, largest, shape, apart && channels > 1));
  if (parts.some((part) => part === null)) return null;
  const perGroup = apart && channels > 1 ? 1 : channels;
  const filters = largest.bias.length;
  return {
    ...largest,
    groups: apart && channels > 1 ? channels : 1,
    kernel: {
      shape: [...largest.kernelSize, perGroup, filters],
      data: added(parts as readonly Float64Array[]),
    },
    bias: added(windows.map(({ bias }) => bias)),
  };
}

/** Embeds the kernel of a window in a larger one; null if it reads positions that the larger one doesn't. */
function within(
  step: WindowStep,
  larger: WindowStep,
  shape: SampleShape,
  apart: boolean,
): Float64Array | null {
  if (step.strides.join() !== larger.strides.join()) return null;
  const offsets: number[] = [];
  for (const [axis, size] of step.kernelSize.entries()) {
    const offset = firstTap(larger, axis, shape) - firstTap(step, axis, shape);
    const dilation = larger.dilationRate[axis]!;
    const place = offset / dilation;
    if (!Number.isInteger(place) || place < 0 || place + size > larger.kernelSize[axis]!) return null;
    if (size > 1 && step.dilationRate[axis] !== dilation) return null;
    offsets.push(place);
  }
  const { data: kernel } = apart ? step.kernel : fullKernel(step);
  const taps = step.kernelSize.reduce((product, size) => product * size, 1);
  const block = kernel.length / taps;
  const all = larger.kernelSize.reduce((product, size) => product * size, 1);
  const data = new Float64Array(all * block);
  for (let tap = 0; tap < taps; tap++) {
    let [rest, place, step1] = [tap, 0, 1];
    for (let axis = step.kernelSize.length - 1; axis >= 0; axis--) {
      const size = step.kernelSize[axis]!;
      place += ((rest % size) + offsets[axis]!) * step1;
      rest = Math.floor(rest / size);
      step1 *= larger.kernelSize[axis]!;
    }
    data.set(kernel.subarray(tap * block, (tap + 1) * block), place * block);
  }
  return data;
}

/**
 * The distance by which the first window of an axis starts before the input; NaN if it depends on an unknown
 * length.
 */
function firstTap(step: WindowStep, axis: number, shape: SampleShape): number {
  const extent = extentOf(step, axis);
  const stride = step.strides[axis]!;
  const length = shape[axis]!;
  if (step.padding === 'valid' || extent === 1) return 0;
  if (length === null) return stride === 1 ? Math.floor((extent - 1) / 2) : Number.NaN;
  const { padding } = patchGeometry({
    inputSize: [length],
    kernelSize: [extent],
    strides: [stride],
    padding: 'same',
  });
  return padding[0]![0];
}

function reach({ kernelSize }: WindowStep): number {
  return kernelSize.reduce((product, size) => product * size, 1);
}

function asDense(step: AffineStep): DenseStep {
  if (step.kind === 'dense') return step;
  const { scale, shift } = step as Extract<AffineStep, { kind: 'channels' }>;
  const data = new Float64Array(scale.length ** 2);
  scale.forEach((value, at) => {
    data[at * scale.length + at] = value;
  });
  return { kind: 'dense', kernel: { shape: [scale.length, scale.length], data }, bias: shift };
}

function added(arrays: readonly Float64Array[]): Float64Array {
  const [first, ...others] = arrays;
  const sum = first!.slice();
  for (const array of others) for (const [at, value] of array.entries()) sum[at]! += value;
  return sum;
}
