import {
  type AffineForm,
  FuseInitError,
  type LayerPlugin,
  maskMakersOf,
  type Network,
  type NetworkChange,
  type NetworkNode,
  ndArray,
  readersOf,
  sharedLayers,
  type TensorRef,
} from '@fuseinit/core';
import { isFiniteForm, isIdentityStep, type SampleShape, shapeAfter } from './affine-steps.js';
import type { NetworkWork } from './network-work.js';

/** The names of the rules in `applied`. */
export type RuleName =
  | 'activation-into-before'
  | 'affine-pair'
  | 'identity'
  | 'padding-into-after'
  | 'parallel-sum'
  | 'repeated'
  | 'scale-into-after'
  | 'scale-into-before'
  | 'unread';

/** A rewriting that was applied. */
export interface AppliedRule {
  readonly rule: RuleName;
  /** The layers involved, by their names in the original network. */
  readonly layers: readonly string[];
  /** The reduction of the network's work. */
  readonly saving: NetworkWork;
}

/** A change that preserves what a network computes. */
export interface Rewriting {
  readonly rule: RuleName;
  /** The nodes involved. */
  readonly nodes: readonly NetworkNode[];
  readonly change: NetworkChange;
}

/** A rule that proposes a rewriting at a node, or null. The caller applies it only if it lowers the cost. */
export type Rule = (node: NetworkNode, scope: Scope) => Rewriting | null;

/** A network, and the queries that rules make about it. */
export interface Scope {
  readonly network: Network;
  node(name: string): NetworkNode | undefined;
  /**
   * The node that computes a node's only input; undefined for inputs of the network and for layers that read
   * several.
   */
  sourceOf(node: NetworkNode): NetworkNode | undefined;
  /** The nodes that read any output of the named node, in the network's order. */
  readersOf(name: string): readonly NetworkNode[];
  isOutput(node: NetworkNode): boolean;
  /**
   * Whether a node may be rewritten: its weights aren't shared, it is called without arguments, its results
   * don't depend on a mask, and it doesn't compute one.
   */
  isFree(node: NetworkNode): boolean;
  /**
   * Whether a node's results depend only on its inputs: its class is known, and the call has no arguments and
   * no mask.
   */
  isPure(node: NetworkNode): boolean;
  /**
   * The affine form of a node that may be rewritten, reads one tensor and has one output; null if there is
   * none.
   */
  formOf(node: NetworkNode): AffineForm | null;
  /** The shape of one sample of a node's first input. */
  inputShape(node: NetworkNode): SampleShape;
  /** The dtype of a node's first input. */
  inputDtype(node: NetworkNode): string;
  /** The name for a layer that replaces a node: that of its layer, unless other nodes call it too. */
  layerName(node: NetworkNode): string;
}

/**
 * The affine forms of layers, each computed once, and the layers without one because their weights aren't
 * finite.
 */
export interface Forms {
  of(node: NetworkNode, inputShape: SampleShape): AffineForm | null;
  /** Whether a plugin defines what a node computes. */
  knows(node: NetworkNode): boolean;
  readonly notFinite: ReadonlySet<string>;
}

/** @throws PLUGIN_FAILED when a plugin throws, or returns a form whose channels don't match its layer. */
export function createForms(plugins: readonly LayerPlugin[]): Forms {
  const byClass = new Map<string, LayerPlugin>();
  for (const plugin of plugins.toReversed())
    for (const className of plugin.classNames) byClass.set(className, plugin);
  const known = new WeakMap<object, Map<string, AffineForm | null>>();
  const notFinite = new Set<string>();
  return {
    notFinite,
    knows: ({ layer }) => byClass.get(layer.className)?.apply !== undefined,
    of({ name, layer, outputs, origins }, inputShape) {
      const { className, config } = layer;
      const plugin = byClass.get(className);
      if (!plugin?.affine) return null;
      const key = JSON.stringify(inputShape);
      const ofLayer = known.get(layer) ?? new Map<string, AffineForm | null>();
      known.set(layer, ofLayer);
      if (!ofLayer.has(key)) {
        const weights = layer.weights.map(({ shape, data }) => ndArray(shape, data));
        const outputShape = outputs[0]!.shape;
        const form = checkedForm(plugin, { name, className, config, inputShape, outputShape, weights });
        if (form && !isFiniteForm(form)) notFinite.add(origins.join('+'));
        ofLayer.set(key, form && isFiniteForm(form) ? form : null);
      }
      return ofLayer.get(key)!;
    },
  };
}

function checkedForm(
  plugin: LayerPlugin,
  layer: Parameters<NonNullable<LayerPlugin['affine']>>[0],
): AffineForm | null {
  const failed = (problem: string, cause?: unknown) =>
    new FuseInitError(
      'PLUGIN_FAILED',
      `The layer plugin of ${JSON.stringify(plugin.classNames)} failed at the layer ${JSON.stringify(layer.name)}: its affine ${problem}. Mend the plugin, or leave it out.`,
      { layerName: layer.name, cause },
    );
  const { inputShape, outputShape = [] } = layer;
  if (inputShape.length === 0 || inputShape.at(-1) === null) return null;
  let form: AffineForm | null;
  try {
    form = plugin.affine!(layer);
  } catch (cause) {
    if (FuseInitError.isInstance(cause) && cause.code === 'LAYER_UNSUPPORTED') return null;
    throw failed(`threw ${String(cause)}`, cause);
  }
  if (!form) return null;
  const steps = form.steps.filter((step) => !isIdentityStep(step));
  const reached = steps.reduce((shape: SampleShape, step) => shapeAfter(step, shape), inputShape);
  const fits = reached.every(
    (length, axis) => (length ?? outputShape[axis]) === (outputShape[axis] ?? length),
  );
  if (!fits || reached.length !== outputShape.length) {
    throw failed(
      `gave a form from [${inputShape.map(String)}] to [${reached.map(String)}], but the layer gives [${outputShape.map(String)}]`,
    );
  }
  return { ...form, steps };
}

/** Creates the scope for the current state of a network. */
export function createScope(network: Network, forms: Forms): Scope {
  const nodes = new Map(network.nodes.map((node) => [node.name, node]));
  const readers = readersOf(network);
  const shared = sharedLayers(network);
  const outputs = new Set(network.outputs.map(({ node }) => node));
  const maskMakers = new Set(network.nodes.flatMap(maskMakersOf));
  const isFree = (node: NetworkNode) =>
    node.layer.className !== 'InputLayer' &&
    !(shared.has(node.layer) && node.layer.weights.length > 0) &&
    !maskMakers.has(node.name) &&
    !hasMasks(node) &&
    !hasArguments(node);
  const inputType = ({ inputs: [input] }: NetworkNode) => nodes.get(input!.node)!.outputs[input!.output]!;
  const inputShape = (node: NetworkNode) => inputType(node).shape;
  return {
    network,
    node: (name) => nodes.get(name),
    sourceOf({ inputs }) {
      const source = inputs.length === 1 ? nodes.get(inputs[0]!.node) : undefined;
      return source?.layer.className === 'InputLayer' ? undefined : source;
    },
    readersOf: (name) => readers.get(name) ?? [],
    isOutput: ({ name }) => outputs.has(name),
    isFree,
    isPure: (node) =>
      !hasMasks(node) && !hasArguments(node) && !maskMakers.has(node.name) && forms.knows(node),
    formOf(node) {
      if (node.inputs.length !== 1 || node.outputs.length !== 1 || !isFree(node)) return null;
      return forms.of(node, inputShape(node));
    },
    inputShape,
    inputDtype: (node) => inputType(node).dtype,
    layerName: ({ name, layer }) => (shared.has(layer) ? name : layer.name),
  };
}

function hasMasks({ masks }: NetworkNode): boolean {
  return masks !== undefined && [masks.given, ...masks.ofInputs].some((maker) => maker !== null);
}

function hasArguments({ callArgs = {} }: NetworkNode): boolean {
  return Object.keys(callArgs).length > 0;
}

/** The first output of a node. */
export function outputOf({ name }: NetworkNode): TensorRef {
  return { node: name, output: 0 };
}

/** The names of the teacher's layers that nodes represent, without duplicates. */
export function originsOf(nodes: readonly NetworkNode[]): readonly string[] {
  return [...new Set(nodes.flatMap(({ origins }) => origins))];
}
