import { type NdArray, type Network, uniformStream } from '@fuseinit/core';
import { type Built, networkBuilder } from './network-builder.test-support.js';

/**
 * A random network, determined by a seed, with layers of every kind, residual sums, shared layers and several
 * inputs or outputs.
 */
export function drawNetwork(seed: number): { network: Network; inputs: readonly NdArray[] } {
  const builder = networkBuilder(seed);
  const uniform = uniformStream(seed);
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(uniform() * choices.length)]!;
  const chance = (percent: number) => uniform() * 100 < percent;
  const { add } = builder;
  const activations = ['linear', 'relu', 'relu6', 'linear', 'sigmoid', 'tanh', 'linear', 'swish'];
  const rankOf = (x: Built) => x.value.shape.length - 2;
  const channelsOf = (x: Built) => x.value.shape.at(-1)!;
  const window = (x: Built, most = 3) => {
    const rank = rankOf(x);
    const room = Math.min(...x.value.shape.slice(1, -1));
    const sizes = [1, 2, 3].filter((size) => size <= Math.min(room, most));
    const strides = pick([1, 1, 2]);
    return {
      kernelSize: Array.from({ length: rank }, () => pick(sizes)),
      strides: Array.from({ length: rank }, () => strides),
      padding: pick(['same', 'valid']),
      useBias: chance(60),
      activation: pick(activations),
    };
  };
  const affine = (x: Built): Built => {
    const rank = rankOf(x);
    if (rank === 0 || chance(10))
      return add('Dense', { units: pick([2, 3, 8]), activation: pick(activations), useBias: chance(60) }, x);
    const options = window(x);
    if (rank === 1) return add('Conv1D', { filters: pick([2, 3, 6]), ...options }, x);
    if (chance(30)) return add('DepthwiseConv2D', { ...options, depthMultiplier: pick([1, 1, 2]) }, x);
    if (chance(15))
      return add('SeparableConv2D', { ...options, filters: pick([2, 4]), depthMultiplier: 1 }, x);
    return add('Conv2D', { filters: pick([2, 3, 6]), ...options }, x);
  };
  const bare = (x: Built): Built => {
    // There is no activation and often no bias, as before a batch norm.
    const rank = rankOf(x);
    const options = { ...window(x), activation: 'linear', useBias: chance(40) };
    if (rank === 0)
      return add('Dense', { units: pick([2, 3, 8]), activation: 'linear', useBias: chance(40) }, x);
    if (rank === 1) return add('Conv1D', { filters: pick([2, 3]), ...options }, x);
    return chance(40)
      ? add('DepthwiseConv2D', options, x)
      : add('Conv2D', { filters: pick([2, 3]), ...options }, x);
  };
  const scaling = (x: Built): Built => {
    if (chance(15)) return add('Rescaling', { scale: pick([1, 2, 1 / 127.5]), offset: pick([0, 0, -1]) }, x);
    if (chance(15))
      return add('Gain', { gains: Array.from({ length: channelsOf(x) }, (_, at) => at - 0.5) }, x);
    return add('BatchNormalization', { epsilon: 0.01, scale: chance(80), center: chance(80) }, x);
  };
  const nonlinear = (x: Built): Built =>
    pick([
      () => add('Activation', { activation: pick(activations) }, x),
      () => add('ReLU', pick([{}, { maxValue: 6 }, { maxValue: 1 }]), x),
      () => add('ELU', {}, x),
      () => add('LeakyReLU', { alpha: 0.1 }, x),
      () => add('PReLU', {}, x),
      () => add('Softmax', { axis: -1 }, x),
      () => add('Opaque', {}, x),
    ])();
  const still = (x: Built): Built =>
    pick([
      () => add(pick(['Dropout', 'GaussianNoise', 'AlphaDropout']), { rate: 0.5 }, x),
      () => add('Activation', { activation: 'linear' }, x),
      () => add('Reshape', { targetShape: x.value.shape.slice(1) }, x),
      () =>
        rankOf(x) === 2
          ? add(
              'ZeroPadding2D',
              {
                padding: [
                  [0, 0],
                  [0, 0],
                ],
              },
              x,
            )
          : add('Dropout', { rate: 0.1 }, x),
    ])();
  const moving = (x: Built): Built => {
    const rank = rankOf(x);
    if (rank !== 2) return rank === 1 ? add('MaxPooling1D', { poolSize: [1], strides: [1] }, x) : still(x);
    const small = Math.min(...x.value.shape.slice(1, -1)) < 2;
    return pick([
      () =>
        add(
          'ZeroPadding2D',
          {
            padding: pick([
              [
                [0, 1],
                [0, 1],
              ],
              [
                [1, 1],
                [1, 1],
              ],
              [
                [1, 0],
                [0, 1],
              ],
            ]),
          },
          x,
        ),
      () =>
        add(
          'UpSampling2D',
          {
            size: pick([
              [1, 1],
              [2, 1],
            ]),
            interpolation: 'nearest',
          },
          x,
        ),
      () =>
        small
          ? still(x)
          : add(
              pick(['MaxPooling2D', 'AveragePooling2D']),
              { poolSize: [2, 2], padding: pick(['same', 'valid']) },
              x,
            ),
      () => add('Flatten', {}, x),
      () => add(pick(['GlobalAveragePooling2D', 'GlobalMaxPooling2D']), {}, x),
    ])();
  };
  /** Adds branches of one tensor that keep its shape, and their sum. */
  const residual = (x: Built): Built => {
    const rank = rankOf(x);
    const channels = channelsOf(x);
    const same = { strides: Array.from({ length: rank }, () => 1), padding: 'same', activation: 'linear' };
    const branch = (): Built => {
      if (chance(25)) return scaling(x);
      if (rank === 0)
        return add('Dense', { units: channels, activation: pick(['linear', 'linear', 'relu']) }, x);
      const options = { ...same, kernelSize: Array.from({ length: rank }, () => pick([1, 3])) };
      if (rank === 1) return add('Conv1D', { filters: channels, ...options }, x);
      return chance(40)
        ? add('DepthwiseConv2D', options, x)
        : add('Conv2D', { filters: channels, ...options }, x);
    };
    const branches = Array.from({ length: pick([1, 2, 3]) }, branch);
    return add('Add', {}, chance(70) ? [x, ...branches] : branches.length > 1 ? branches : [...branches, x]);
  };
  const padded = (x: Built): Built => {
    if (rankOf(x) !== 2) return affine(x);
    const margin = pick([
      [
        [0, 1],
        [0, 1],
      ],
      [
        [1, 1],
        [1, 1],
      ],
    ]);
    const options = {
      kernelSize: [3, 3],
      strides: pick([
        [1, 1],
        [2, 2],
      ]),
      padding: 'valid',
      activation: 'linear',
    };
    const more = add('ZeroPadding2D', { padding: margin }, x);
    if (more.value.shape.slice(1, -1).some((length) => length < 3)) return more;
    return chance(50)
      ? add('DepthwiseConv2D', options, more)
      : add('Conv2D', { filters: 3, ...options }, more);
  };
  const pools: Built[] = [builder.input(...pick([[6, 6, 3], [5, 6, 2], [7, 3], [9]]))];
  if (chance(25)) pools.push(builder.input(...pools[0]!.value.shape.slice(1)));
  const steps = pick([4, 6, 8, 10, 12]);
  for (let step = 0; step < steps; step++) {
    const x = chance(75) ? pools.at(-1)! : pick(pools);
    const next = pick([
      () => affine(x),
      () => scaling(bare(x)),
      () => nonlinear(scaling(bare(x))),
      () => scaling(x),
      () => nonlinear(x),
      () => affine(scaling(x)),
      () => nonlinear(moving(affine(x))),
      () => moving(x),
      () => still(x),
      () => residual(x),
      () => padded(x),
      () => bare(bare(x)),
      () => {
        // One layer is called twice on the same tensor.
        const call = affine(x);
        return add('Multiply', {}, [call, builder.again(call, x)]);
      },
      () => {
        const same = pools.filter(({ value }) => value.shape.join() === x.value.shape.join());
        return same.length < 2
          ? affine(x)
          : add(pick(['Add', 'Concatenate', 'Multiply']), {}, [x, pick(same)]);
      },
      () => {
        const called = pools.find(
          ({ layer, value }) =>
            layer.className === 'Dense' &&
            value.shape.join() === x.value.shape.join() &&
            layer.weights[0]!.shape[0] === channelsOf(x),
        );
        return called ? builder.again(called, x) : affine(x);
      },
    ])();
    // Numbers stay of a size, and shapes of one that interprets in no time.
    if (next.value.data.length < 1500) pools.push(next);
  }
  const outputs = [pools.at(-1)!];
  if (chance(30)) outputs.push(pick(pools.slice(1).length > 0 ? pools.slice(1) : pools));
  return builder.build(outputs);
}
