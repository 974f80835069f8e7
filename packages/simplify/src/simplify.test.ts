import { defineLayer, type LayerPlugin, type Network, type NetworkNode } from '@fuseinit/core';
import { describe, expect, test } from 'vitest';
import { networkWork } from './network-work.js';
import type { RuleName } from './scope.js';
import { simplify } from './simplify.js';
import { drawNetwork } from './testing-support/draw-network.test-support.js';
import {
  type Built,
  type NetworkBuilder,
  networkBuilder,
  allPlugins as plugins,
} from './testing-support/network-builder.test-support.js';
import { outputDistance, rounding } from './testing-support/same-outputs.test-support.js';
import { simplified } from './testing-support/simplified.test-support.js';

const conv = { filters: 4, kernelSize: [3, 3], strides: [1, 1], padding: 'same', useBias: false };

test('drawn networks compute the same for less, and are simplified already then', () => {
  const applied = new Map<RuleName, number>();
  for (let seed = 0; seed < 250; seed++) {
    const { network, inputs } = drawNetwork(seed);
    const result = simplify(network, { plugins });
    const distance = outputDistance(network, result.network, inputs, plugins);
    expect({ seed, distance, holds: distance < rounding }).toMatchObject({ seed, holds: true });
    expect(result.network.outputs.map(({ node }) => node)).toEqual(network.outputs.map(({ node }) => node));
    const [before, after] = [networkWork(network), networkWork(result.network)];
    for (const key of ['layers', 'multiplyAdds', 'elementsMoved', 'parameters'] as const) {
      const saved = result.applied.reduce((sum, { saving }) => sum + saving[key], 0);
      expect(saved).toBe(before[key] - after[key]);
    }
    for (const { rule, layers, saving } of result.applied) {
      applied.set(rule, (applied.get(rule) ?? 0) + 1);
      expect(saving.multiplyAdds + saving.elementsMoved).toBeGreaterThan(0);
      const teachers = new Set(network.nodes.flatMap(({ origins }) => origins));
      expect(layers.filter((name) => !teachers.has(name))).toEqual([]);
    }
    const names = new Set(result.network.nodes.map(({ name }) => name));
    expect([...result.successors.keys()]).toEqual(network.nodes.map(({ name }) => name));
    for (const { first, last } of result.successors.values())
      expect([first, last].filter((name) => name !== null && !names.has(name))).toEqual([]);
    const again = simplify(result.network, { plugins });
    expect(again).toMatchObject({ network: result.network, applied: [], warnings: [] });
    for (const [name, successor] of again.successors) expect(successor).toEqual({ first: name, last: name });
  }
  const rules: readonly RuleName[] = [
    'activation-into-before',
    'affine-pair',
    'identity',
    'padding-into-after',
    'parallel-sum',
    'repeated',
    'scale-into-after',
    'scale-into-before',
    'unread',
  ];
  for (const rule of rules)
    expect({ rule, enough: (applied.get(rule) ?? 0) >= 10 }).toEqual({ rule, enough: true });
});

test('blocks of MobileNetV2 become three convolutions and a sum', () => {
  const { left } = simplified((b) => {
    const block = (x: Built, wide: number, out: number, stride: number, name: string): Built => {
      const normed = (from: Built, called: string, active: boolean) => {
        const norm = b.add('BatchNormalization', { epsilon: 1e-3 }, from, `${called}_BN`);
        return active ? b.add('ReLU', { maxValue: 6 }, norm, `${called}_relu`) : norm;
      };
      const point = { ...conv, kernelSize: [1, 1] };
      let y = normed(
        b.add('Conv2D', { ...point, filters: wide }, x, `${name}_expand`),
        `${name}_expand`,
        true,
      );
      if (stride === 2)
        y = b.add(
          'ZeroPadding2D',
          {
            padding: [
              [0, 1],
              [0, 1],
            ],
          },
          y,
          `${name}_pad`,
        );
      const depthwise = {
        kernelSize: [3, 3],
        strides: [stride, stride],
        padding: stride === 2 ? 'valid' : 'same',
        useBias: false,
      };
      y = normed(b.add('DepthwiseConv2D', depthwise, y, `${name}_depthwise`), `${name}_depthwise`, true);
      y = normed(b.add('Conv2D', { ...point, filters: out }, y, `${name}_project`), `${name}_project`, false);
      return stride === 1 ? b.add('Add', {}, [x, y], `${name}_add`) : y;
    };
    const scaled = b.add('Rescaling', { scale: 1 / 127.5, offset: -1 }, b.input(8, 8, 3), 'rescaling');
    const stem = b.add('Conv2D', { ...conv, kernelSize: [1, 1], activation: 'relu' }, scaled, 'stem');
    const features = block(block(stem, 12, 6, 2, 'one'), 12, 6, 1, 'two');
    const pooled = b.add(
      'Dropout',
      { rate: 0.2 },
      b.add('GlobalAveragePooling2D', {}, features, 'pool'),
      'dropout',
    );
    return b.add('Dense', { units: 3, activation: 'softmax' }, pooled, 'predictions');
  });
  expect(left).toEqual([
    'stem Conv2D relu',
    'one_expand Conv2D relu6',
    'one_depthwise DepthwiseConv2D relu6',
    'one_project Conv2D',
    'two_expand Conv2D relu6',
    'two_depthwise DepthwiseConv2D relu6',
    'two_project Conv2D',
    'two_add Add',
    'pool GlobalAveragePooling2D',
    'predictions Dense softmax',
  ]);
});

describe('what rules leave alone', () => {
  const build = (draw: (b: NetworkBuilder) => Built) => {
    const builder = networkBuilder(3);
    return builder.build(draw(builder)).network;
  };
  const changed = (network: Network, name: string, change: Partial<NetworkNode>): Network => ({
    ...network,
    nodes: network.nodes.map((node) => (node.name === name ? { ...node, ...change } : node)),
  });
  const block = (b: NetworkBuilder): Built => {
    const x = b.add('Dense', { units: 3 }, b.add('Opaque', {}, b.input(5, 3)), 'dense');
    return b.add('Opaque', {}, b.add('BatchNormalization', {}, x, 'norm'), 'end');
  };

  test('layers whose results depend on a mask, and those that make one', () => {
    const network = build(block);
    expect(simplify(network, { plugins }).applied).toHaveLength(1);
    const masked = changed(network, 'norm', { masks: { given: 'opaque1', ofInputs: [] } });
    expect(simplify(masked, { plugins }).applied).toEqual([]);
    const making = changed(network, 'end', { masks: { given: 'dense', ofInputs: [] } });
    expect(simplify(making, { plugins }).applied).toEqual([]);
    const without = changed(network, 'norm', { masks: { given: null, ofInputs: [] } });
    expect(simplify(without, { plugins }).applied).toHaveLength(1);
  });

  test('layers that are called with arguments', () => {
    const network = build((b) => b.add('Opaque', {}, b.add('Dropout', {}, b.input(3), 'drop')));
    expect(simplify(network, { plugins }).applied).toHaveLength(1);
    const training = changed(network, 'drop', { callArgs: { training: true } });
    expect(simplify(training, { plugins }).applied).toEqual([]);
    const twice = build((b) => {
      const x = b.add('Opaque', {}, b.input(3));
      return b.add('Multiply', {}, [b.add('Dropout', {}, x, 'one'), b.add('Dropout', {}, x, 'two')]);
    });
    const one = changed(twice, 'one', { callArgs: { training: true } });
    expect(simplify(one, { plugins }).applied).toMatchObject([{ rule: 'identity', layers: ['two'] }]);
    const both = changed(one, 'two', { callArgs: { training: true } });
    expect(simplify(both, { plugins }).applied).toEqual([]);
    const pooled = build((b) => {
      const x = b.add('Opaque', {}, b.input(4, 3));
      const pool = (name: string) => b.add('MaxPooling1D', { poolSize: [2] }, x, name);
      return b.add('Multiply', {}, [pool('one'), pool('two')]);
    });
    expect(simplify(pooled, { plugins }).applied).toMatchObject([{ rule: 'repeated' }]);
    const otherwise = changed(pooled, 'two', { callArgs: { any: 1 } });
    expect(simplify(otherwise, { plugins }).applied).toEqual([]);
  });

  test.each([0.5, 1])('a Rescaling by %d that also turns whole numbers into floats', (scale) => {
    const network = build((b) => {
      const x = b.add('Rescaling', { scale, offset: 0 }, b.input(4, 4, 3), 'rescaling');
      return b.add('Opaque', {}, b.add('Conv2D', conv, x));
    });
    expect(simplify(network, { plugins }).applied).toHaveLength(1);
    const whole = changed(network, 'input0', { outputs: [{ shape: [4, 4, 3], dtype: 'int32' }] });
    expect(simplify(whole, { plugins }).applied).toEqual([]);
  });

  test('weights that are no finite numbers, which are named', () => {
    const network = build((b) =>
      b.add('BatchNormalization', {}, b.add('Dense', { units: 2 }, b.input(3), 'dense'), 'norm'),
    );
    for (const [name, weight, value] of [
      ['dense', 0, Number.NaN],
      ['norm', 1, Number.POSITIVE_INFINITY],
      ['norm', 3, -1],
    ] as const) {
      const { layer } = network.nodes.find((node) => node.name === name)!;
      const weights = layer.weights.map((each, at) =>
        at === weight ? { ...each, data: each.data.map(() => value) as Float64Array } : each,
      );
      const { applied, warnings } = simplify(changed(network, name, { layer: { ...layer, weights } }), {
        plugins,
      });
      expect(applied).toEqual([]);
      expect(warnings).toEqual([expect.stringContaining(`"${name}" hold weights that aren't finite`)]);
    }
  });

  test('a batch norm of variance 0 is folded by its epsilon, and one over another axis stays', () => {
    const drawn = (config: object) =>
      build((b) =>
        b.add('BatchNormalization', { ...config }, b.add('Conv2D', conv, b.input(4, 4, 4), 'conv'), 'norm'),
      );
    const network = drawn({ epsilon: 1e-3 });
    const { layer } = network.nodes.at(-1)!;
    const weights = layer.weights.map((weight) =>
      weight.name === 'moving_variance' ? { ...weight, data: new Float64Array(4) } : weight,
    );
    const flat = changed(network, 'norm', { layer: { ...layer, weights } });
    const { applied, network: after } = simplify(flat, { plugins });
    expect(applied).toHaveLength(1);
    const { inputs } = drawNetwork(0);
    const input = { shape: [1, 4, 4, 4], data: inputs[0]!.data.slice(0, 64) };
    expect(outputDistance(flat, after, [input], plugins)).toBeLessThan(rounding);
    expect(simplify(drawn({ axis: 1 }), { plugins }).applied).toEqual([]);
  });
});

test('lengths that are open stay open', () => {
  const builder = networkBuilder(4);
  const x = builder.add(
    'Conv2D',
    conv,
    builder.add('ZeroPadding2D', { padding: 1 }, builder.input(6, 6, 3)),
    'plain',
  );
  const padded = builder.add('ZeroPadding2D', { padding: 1 }, builder.add('Opaque', {}, x), 'pad');
  const y = builder.add('Conv2D', { ...conv, padding: 'valid' }, padded, 'conv');
  const { network, inputs } = builder.build(
    builder.add('ReLU', {}, builder.add('BatchNormalization', {}, y), 'out'),
  );
  const open: Network = {
    ...network,
    nodes: network.nodes.map((node) => ({
      ...node,
      outputs: node.outputs.map((type) => ({ ...type, shape: [null, null, type.shape.at(-1)!] })),
    })),
  };
  const { network: after, applied } = simplify(open, { plugins });
  expect(applied.map(({ rule }) => rule).sort()).toEqual([
    'activation-into-before',
    'padding-into-after',
    'scale-into-before',
  ]);
  expect(after.nodes.at(-1)!.outputs).toEqual([{ shape: [null, null, 4], dtype: 'float32' }]);
  expect(outputDistance(open, after, inputs, plugins)).toBeLessThan(rounding);
});

describe("somebody else's layers", () => {
  const lifted: LayerPlugin = defineLayer({
    specVersion: 1,
    classNames: ['Lifted'],
    roles: { begins: false, inside: true, ends: false },
    lower: () => ({ reads: 'element' }),
    outputShape: ({ inputShape }) => inputShape.map(Number),
    apply: (_layer, { shape, data }) => ({ shape, data: data.map((value) => Math.max(0, 2 * value + 1)) }),
    affine: ({ inputShape }) => {
      const each = (value: number) => new Float64Array(inputShape.at(-1)!).fill(value);
      return { steps: [{ kind: 'channels', scale: each(2), shift: each(1) }], activation: 'relu' };
    },
  });
  const all = [lifted, ...plugins];
  const draw = () => {
    const builder = networkBuilder(5, all);
    const x = builder.add('Dense', { units: 4 }, builder.add('Opaque', {}, builder.input(3)), 'dense');
    return builder.build(builder.add('Opaque', {}, builder.add('Lifted', {}, x, 'lifted'), 'end'));
  };

  test('take part by their affine form, and give way to stock layers', () => {
    const { network, inputs } = draw();
    const { network: after, applied } = simplify(network, { plugins: [lifted, ...plugins] });
    expect(applied).toMatchObject([
      { rule: 'scale-into-before', layers: ['dense', 'lifted'], saving: { layers: 1 } },
    ]);
    expect(after.nodes[2]).toMatchObject({
      name: 'dense',
      layer: { className: 'Dense', config: { activation: 'relu' } },
    });
    expect(outputDistance(network, after, inputs, all)).toBeLessThan(rounding);
  });

  test('stay where no plugin speaks for them', () => {
    const { network } = draw();
    expect(simplify(network).applied).toEqual([]);
  });

  test.each<[string, LayerPlugin['affine'], RegExp]>([
    [
      'throws',
      () => {
        throw new Error('no');
      },
      /its affine threw Error: no/,
    ],
    [
      'gives other channels',
      () => ({
        steps: [
          { kind: 'dense', kernel: { shape: [4, 2], data: new Float64Array(8) }, bias: new Float64Array(2) },
        ],
        activation: 'linear',
      }),
      /from \[4\] to \[2\], but the layer gives \[4\]/,
    ],
  ])('are named where a form %s', (_what, affine, message) => {
    const { network } = draw();
    expect(() => simplify(network, { plugins: [{ ...lifted, affine: affine! }] })).toThrow(message);
  });
});
