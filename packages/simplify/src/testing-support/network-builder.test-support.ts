import {
  applyLayer,
  defineLayer,
  type LayerPlugin,
  type NdArray,
  type Network,
  type NetworkLayer,
  type NetworkNode,
  ndArray,
  sizeOf,
  type TensorRef,
} from '@fuseinit/core';
import { randomArray } from '@fuseinit/core/testing';
import { builtinLayers } from '@fuseinit/registry';

type Config = Readonly<Record<string, unknown>>;

/** A tensor of a network that is being built: its reference, and its value for the builder's inputs. */
export interface Built {
  readonly ref: TensorRef;
  readonly value: NdArray;
  readonly layer: NetworkLayer;
}

/** Builds networks by calling layers with seeded weights, and computes their values at the same time. */
export interface NetworkBuilder {
  input(...shape: number[]): Built;
  /** Calls a new layer, named for its class and number unless a name is given. */
  add(className: string, config: Config, inputs: Built | readonly Built[], name?: string): Built;
  /** Calls the layer of another call again. */
  again(call: Built, input: Built): Built;
  build(outputs: Built | readonly Built[]): { network: Network; inputs: readonly NdArray[] };
}

export function networkBuilder(seed: number, plugins: readonly LayerPlugin[] = allPlugins): NetworkBuilder {
  const nodes: NetworkNode[] = [];
  const values: NdArray[] = [];
  let draws = seed * 1000;
  const call = (layer: NetworkLayer, inputs: readonly Built[], name: string): Built => {
    const plugin = plugins.find(({ classNames }) => classNames.includes(layer.className));
    const described = {
      ...layer,
      inputShape: inputs[0]!.value.shape.slice(1),
      weights: layer.weights.map(({ shape, data }) => ndArray(shape, data)),
    };
    const [value] = applyLayer(
      plugin,
      described,
      inputs.map((input) => input.value),
    );
    const outputs = [{ shape: value!.shape.slice(1), dtype: 'float32' }];
    nodes.push({ name, layer, inputs: inputs.map(({ ref }) => ref), outputs, origins: [layer.name] });
    return { ref: { node: name, output: 0 }, value: value!, layer };
  };
  return {
    input(...shape) {
      const name = `input${values.length}`;
      const value = randomArray(draws++, [2, ...shape]);
      values.push(value);
      const layer: NetworkLayer = {
        name,
        className: 'InputLayer',
        config: {},
        weights: [],
        trainable: false,
      };
      nodes.push({ name, layer, inputs: [], outputs: [{ shape, dtype: 'float32' }], origins: [name] });
      return { ref: { node: name, output: 0 }, value, layer };
    },
    add(className, config, given, name = `${className.toLowerCase()}${nodes.length}`) {
      const inputs = [given].flat() as readonly Built[];
      const weights = weightsOf(className, config, inputs[0]!.value.shape.slice(1)).map(([named, shape]) => {
        const drawn = randomArray(draws++, shape);
        // This scale keeps the magnitude of values about constant.
        const size = shape.length > 1 ? Math.sqrt(2 / (sizeOf(shape) / shape.at(-1)!)) : 0.5;
        const value = (number: number) => (named === 'moving_variance' ? 0.5 + number ** 2 : size * number);
        return { name: named, shape, dtype: 'float32', trainable: true, data: drawn.data.map(value) };
      });
      return call({ name, className, config: { name, ...config }, weights, trainable: true }, inputs, name);
    },
    again: ({ layer }, input) =>
      call(layer, [input], `${layer.name}:${nodes.filter((node) => node.layer === layer).length}`),
    build(outputs) {
      const network: Network = {
        name: `network ${seed}`,
        nodes: [...nodes],
        inputs: values.map((_, index) => `input${index}`),
        outputs: ([outputs].flat() as readonly Built[]).map(({ ref }) => ref),
      };
      return { network, inputs: values };
    },
  };
}

function weightsOf(
  className: string,
  config: Config,
  inputShape: readonly number[],
): readonly (readonly [string, readonly number[]])[] {
  const channels = inputShape.at(-1)!;
  const { filters, units, useBias, depthMultiplier = 1, kernelSize } = config as Record<string, number>;
  const window = [kernelSize!].flat();
  const bias = (length: number) => (useBias === (false as unknown) ? [] : [['bias', [length]] as const]);
  if (className === 'Dense') return [['kernel', [channels, units!]], ...bias(units!)];
  if (/^Conv\dD$/.test(className)) return [['kernel', [...window, channels, filters!]], ...bias(filters!)];
  if (className === 'Conv2DTranspose')
    return [['kernel', [...window, filters!, channels]], ...bias(filters!)];
  const features = channels * depthMultiplier;
  if (className === 'DepthwiseConv2D')
    return [['depthwise_kernel', [...window, channels, depthMultiplier]], ...bias(features)];
  if (className === 'SeparableConv2D')
    return [
      ['depthwise_kernel', [...window, channels, depthMultiplier]],
      ['pointwise_kernel', [1, 1, features, filters!]],
      ...bias(filters!),
    ];
  if (className === 'PReLU') return [['alpha', inputShape]];
  if (className !== 'BatchNormalization') return [];
  const of = (name: string) => [name, [channels]] as const;
  return [
    ...(config.scale === false ? [] : [of('gamma')]),
    ...(config.center === false ? [] : [of('beta')]),
    of('moving_mean'),
    of('moving_variance'),
  ];
}

const inside = { begins: false, inside: true, ends: false };
const plugin = (className: string, apply: NonNullable<LayerPlugin['apply']>) =>
  defineLayer({
    specVersion: 1,
    classNames: [className],
    roles: inside,
    lower: () => ({ reads: 'element' }),
    outputShape: ({ inputShape }) => inputShape.map(Number),
    apply,
  });

/** A third-party layer that multiplies each channel by a weight. */
const gain: LayerPlugin = {
  ...plugin('Gain', ({ config }, input) => ({
    shape: input.shape,
    data: input.data.map((value, at) => value * (config.gains as number[])[at % input.shape.at(-1)!]!),
  })),
  affine: ({ config }) => {
    const scale = Float64Array.from(config.gains as number[]);
    return {
      steps: [{ kind: 'channels', scale, shift: new Float64Array(scale.length) }],
      activation: 'linear',
    };
  },
};

/** A layer whose plugin has `apply` but no affine form. */
const opaque: LayerPlugin = plugin('Opaque', (_layer, input) => ({
  shape: input.shape,
  data: input.data.map((value) => Math.sin(value)),
}));

/** The plugins for all classes in the networks of the tests. */
export const allPlugins: readonly LayerPlugin[] = [gain, opaque, ...builtinLayers];
