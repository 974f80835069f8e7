import type { AffineForm, ChannelStep, NetworkChange, NetworkNode } from '@fuseinit/core';
import { composeAll } from '../affine-steps.js';
import { mayPass, passBackward, passesActivation, passForward } from '../pass-through.js';
import { originsOf, outputOf, type Rewriting, type Rule, type RuleName, type Scope } from '../scope.js';
import { stockLayer } from '../stock-layer.js';

/**
 * A layer and the one that reads its output, directly or after layers that one of the two can be moved past.
 */
interface Pair {
  readonly first: NetworkNode;
  readonly passed: readonly NetworkNode[];
  readonly second: NetworkNode;
}

/**
 * An activation layer (`Activation`, `ReLU` up to 6 or without a limit, `ELU` of alpha 1, `Softmax` over the
 * last axis) is merged into the affine layer before it.
 *
 * It applies where nothing else reads the affine layer, it is not an output of the network, it shares no
 * weights, and it has no activation itself, or one that combines with this one into a single activation:
 * `relu` then `relu6`, `sigmoid` then `relu`. Layers that the activation can be moved past may be in between:
 * see `passesActivation`.
 */
export const activationIntoBefore: Rule = (node, scope) => {
  const form = scope.formOf(node);
  if (!form || form.steps.length > 0 || form.activation === 'linear') return null;
  const pair = pairBefore(node, scope, (passed) => passesActivation(passed, form.activation));
  const before = pair && scope.formOf(pair.first);
  const activation = before && combined(before.activation, form.activation);
  if (!pair || !activation) return null;
  return atFirst('activation-into-before', pair, { ...before, activation }, scope);
};

/**
 * A scale and a shift of channels (`BatchNormalization`, `Rescaling`, layers of plugins) are multiplied into
 * the affine layer before them: convolution, depthwise, separable or transposed convolution, dense, or
 * another scale and shift.
 *
 * It applies where nothing else reads that layer, it is not an output of the network, shares no weights and
 * has no activation. Layers that the scale and shift can be moved past may be in between: see `passBackward`.
 */
export const scaleIntoBefore: Rule = (node, scope) => {
  const step = channelStepOf(node, scope);
  if (!step) return null;
  const pair = pairBefore(node, scope, mayPass);
  const before = pair && scope.formOf(pair.first);
  if (!pair || before?.activation !== 'linear' || before.steps.length === 0) return null;
  let moved: ChannelStep | null = step;
  for (const passed of pair.passed.toReversed())
    moved = moved && passBackward(passed, moved, scope.inputShape(passed));
  if (!moved) return null;
  const { activation } = scope.formOf(node)!;
  if (activation !== 'linear' && pair.passed.length > 0) return null;
  const form = { steps: [...before.steps, moved], activation };
  return atFirst('scale-into-before', pair, form, scope);
};

/**
 * The largest shift, relative to the scale of its output or to 1 if that is larger, that may be moved into
 * another layer's bias. At this size, float32 products lose seven of 24 bits where input and shift cancel
 * out.
 */
const largestShift = 128;

/**
 * Whether the shift brings numbers far from zero near to it, which must happen before their products are
 * computed in float32.
 */
function cancels({ layer }: NetworkNode, { shift }: ChannelStep): boolean {
  const gamma = layer.weights.find(({ name }) => name === 'gamma')?.data;
  return shift.some(
    (value, channel) => Math.abs(value) > largestShift * Math.max(1, Math.abs(gamma?.[channel] ?? 1)),
  );
}

/**
 * A scale and a shift of channels are multiplied into the affine layers after them: the preprocessing of a
 * network's inputs (`Rescaling`, a normalization) into its first layers, a batch norm after an activation
 * into the next layer.
 *
 * It applies where every reader is an affine layer that shares no weights and, if the shift isn't 0, doesn't
 * pad with zeros: it is 'valid', has a 1x1 kernel, or 'same' adds no padding. Layers that the scale and shift
 * can be moved past may be in between: see `passForward`. A shift of more than 128 times the result, a
 * normalization of numbers far from zero, is left in place.
 */
export const scaleIntoAfter: Rule = (node, scope) => {
  const step = channelStepOf(node, scope);
  if (!step || scope.isOutput(node) || scope.formOf(node)!.activation !== 'linear') return null;
  if (cancels(node, step)) return null;
  const add: NetworkNode[] = [];
  const involved = [node];
  for (const reader of scope.readersOf(node.name)) {
    let [second, moved]: [NetworkNode, ChannelStep | null] = [reader, step];
    for (;;) {
      const after = scope.readersOf(second.name);
      const goesOn = after.length === 1 && !scope.isOutput(second) && scope.isFree(second);
      if (!moved || scope.formOf(second)?.steps.length || !goesOn) break;
      moved = passForward(second, moved, second.outputs[0]!.shape);
      involved.push(second);
      second = after[0]!;
    }
    const form = scope.formOf(second);
    if (!moved || !form || form.steps.length === 0) return null;
    const shape = scope.inputShape(second);
    const steps = composeAll([moved, ...form.steps], shape);
    if (steps.length > form.steps.length) return null;
    const input = reader === second ? node.inputs[0]! : second.inputs[0]!;
    const merged = rewritten({ steps, activation: form.activation }, [second, node], scope);
    if (!merged || scope.inputDtype(node) !== node.outputs[0]!.dtype) return null;
    add.push({ ...merged, inputs: [input], origins: originsOf([node, second]) });
    involved.push(second);
  }
  if (add.length === 0) return null;
  const change: NetworkChange = { add, redirect: [[outputOf(node), node.inputs[0]!]] };
  return { rule: 'scale-into-after', nodes: involved, change };
};

/**
 * Two adjacent affine layers are composed into one where that takes no more multiply-adds and weights: two
 * matrices with a wide layer between them, a convolution and one with a 1x1 kernel, or two convolutions of
 * which the second doesn't pad.
 *
 * It applies where nothing else reads the first, it is not an output of the network, neither shares weights,
 * and the first has no activation and no shift of the kind that `scaleIntoAfter` leaves in place.
 * `windowAfterWindow` defines when two convolutions can be composed.
 */
export const affinePair: Rule = (node, scope) => {
  const form = scope.formOf(node);
  const pair = form && form.steps.length > 0 ? pairBefore(node, scope, () => false) : null;
  const before = pair && scope.formOf(pair.first);
  if (!form || !pair || before?.activation !== 'linear' || before.steps.length === 0) return null;
  const shift = channelStepOf(pair.first, scope);
  if (shift && cancels(pair.first, shift)) return null;
  const all = [...before.steps, ...form.steps];
  const steps = composeAll(all, scope.inputShape(pair.first));
  if (steps.length === all.length) return null;
  return atFirst('affine-pair', pair, { steps, activation: form.activation }, scope);
};

function channelStepOf(node: NetworkNode, scope: Scope): ChannelStep | null {
  const form = scope.formOf(node);
  const [step] = form?.steps ?? [];
  return form?.steps.length === 1 && step?.kind === 'channels' ? step : null;
}

/**
 * The layer before a node, if the node is its only reader; skips layers with a single reader that `passes`
 * accepts.
 */
function pairBefore(second: NetworkNode, scope: Scope, passes: (node: NetworkNode) => boolean): Pair | null {
  const passed: NetworkNode[] = [];
  for (let at = second; ; ) {
    const source = scope.sourceOf(at);
    if (!source || scope.isOutput(source) || scope.readersOf(source.name).length !== 1) return null;
    if (scope.formOf(source)) return { first: source, passed, second };
    if (!scope.isFree(source) || !passes(source)) return null;
    passed.unshift(source);
    at = source;
  }
}

/** Replaces a pair by a layer of this form in place of the first; the layers in between follow it. */
function atFirst(rule: RuleName, pair: Pair, form: AffineForm, scope: Scope): Rewriting | null {
  const { first, passed, second } = pair;
  const last = passed.at(-1);
  // Outputs keep their names.
  const keeps = scope.isOutput(second);
  if (scope.inputDtype(first) !== second.outputs[0]!.dtype) return null;
  const named = keeps && !last ? [second, first] : [first, second];
  const steps = composeAll(form.steps, scope.inputShape(first));
  const merged = rewritten({ ...form, steps }, named as [NetworkNode, NetworkNode], scope);
  if (!merged) return null;
  const node = {
    ...merged,
    origins: originsOf([first, second]),
    inputs: first.inputs,
    outputs: last ? first.outputs : second.outputs,
  };
  const nodes = [first, ...passed, second];
  if (!last) {
    const gone = keeps ? first : second;
    const redirect = [[outputOf(gone), outputOf(node)]] as const;
    return { rule, nodes, change: { remove: [gone.name], add: [node], redirect } };
  }
  if (!keeps) return { rule, nodes, change: { add: [node], redirect: [[outputOf(second), outputOf(last)]] } };
  const renamed = withNameOf(last, second, scope);
  return { rule, nodes, change: { remove: [last.name], add: [node, renamed] } };
}

/** Gives a node the name of another one, whose readers then read it. */
export function withNameOf(node: NetworkNode, named: NetworkNode, scope: Scope): NetworkNode {
  const name = scope.layerName(named);
  const layer = { ...node.layer, name, config: { ...node.layer.config, name } };
  return { ...node, name: named.name, layer };
}

/** A node with the first one's name whose layer has this form. */
function rewritten(
  form: AffineForm,
  like: readonly [NetworkNode, NetworkNode],
  scope: Scope,
): NetworkNode | null {
  const [first] = like;
  const rank = first.outputs[0]!.shape.length - 1;
  const layers = [{ ...first.layer, name: scope.layerName(first) }, like[1].layer] as const;
  const layer = stockLayer(form, layers, rank);
  return layer && { ...first, layer, origins: originsOf(like) };
}

const notNegative = ['relu', 'relu6', 'sigmoid', 'hardSigmoid', 'softmax', 'softplus'];
const upTo6 = ['relu6', 'sigmoid', 'hardSigmoid', 'softmax'];

/** The activation of tfjs-layers that is equivalent to two in a row; null if there is none. */
export function combined(first: string, second: string): string | null {
  if (first === 'linear') return second;
  if (second === 'linear') return first;
  if (second === 'relu') return notNegative.includes(first) ? first : null;
  if (second === 'relu6' && upTo6.includes(first)) return first;
  return second === 'relu6' && first === 'relu' ? 'relu6' : null;
}
