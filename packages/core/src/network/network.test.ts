import { describe, expect, test } from 'vitest';
import { type NdArray, ndArray } from '../array/nd-array.js';
import { defineLayer, type LayerPlugin } from '../plugin/layer-plugin.js';
import { codeOf } from '../testing-support/properties.test-support.js';
import { interpret } from './interpret.js';
import { joinNetworks } from './join-networks.js';
import {
  changeNetwork,
  type Network,
  type NetworkNode,
  nodeOf,
  readersOf,
  readTwice,
  sharedLayers,
} from './network.js';

const roles = { begins: false, inside: true, ends: false };
const plugin = (className: string, apply: NonNullable<LayerPlugin['apply']>) =>
  defineLayer({
    specVersion: 1,
    classNames: [className],
    roles,
    lower: () => ({ reads: 'element' }),
    outputShape: ({ inputShape }) => inputShape.map(Number),
    apply,
  });
const each = (input: NdArray, of: (value: number, index: number) => number): NdArray =>
  ndArray(input.shape, input.data.map(of));
const plugins = [
  plugin('Scale', ({ weights }, input) => each(input, (value) => value * weights[0]!.data[0]!)),
  plugin('Add', (_layer, input, ...others) =>
    each(input, (value, index) => others.reduce((sum, { data }) => sum + data[index]!, value)),
  ),
  plugin('Split', (_layer, input) => [each(input, Math.abs), each(input, Math.sign)]),
];

const type = { shape: [2], dtype: 'float32' };
const ref = (node: string, output = 0) => ({ node, output });
const node = (
  name: string,
  className: string,
  inputs: readonly ReturnType<typeof ref>[],
  scale?: number,
): NetworkNode => ({
  name,
  inputs,
  layer: {
    name,
    className,
    config: {},
    trainable: true,
    weights:
      scale === undefined
        ? []
        : [{ name: 'scale', shape: [1], dtype: 'float32', data: Float32Array.of(scale), trainable: true }],
  },
  outputs: className === 'Split' ? [type, type] : [type],
  origins: [name],
});

/** |2 x| + 3 sign(2 x), where the second scaling is called twice in a row. */
function network(): Network {
  const triple = node('triple', 'Scale', [ref('split', 1)], Math.sqrt(3));
  return {
    name: 'split and scale',
    inputs: ['x'],
    nodes: [
      node('x', 'InputLayer', []),
      node('double', 'Scale', [ref('x')], 2),
      node('split', 'Split', [ref('double')]),
      triple,
      { ...triple, name: 'triple:1', inputs: [ref('triple')] },
      node('sum', 'Add', [ref('split'), ref('triple:1')]),
    ],
    outputs: [ref('sum')],
  };
}
const x = ndArray([3, 2], [1, -2, 3, -4, 5, -6]);

describe('interpret', () => {
  test('runs layers of several inputs and outputs, and shared ones as often as they are called', () => {
    const [sum] = interpret(network(), [x], { plugins });
    // Float32 holds the root of 3 to 4e-8.
    for (const [index, value] of x.data.entries())
      expect(sum!.data[index]).toBeCloseTo(2 * Math.abs(value) + 3 * Math.sign(value), 6);
  });

  test('returns any tensor, and runs no more than that takes', () => {
    const unread = { ...network(), nodes: [...network().nodes, node('odd', 'Unknown', [ref('sum')])] };
    const [signs, doubled] = interpret(unread, [x], { plugins, tensors: [ref('split', 1), ref('double')] });
    expect([...signs!.data]).toEqual([1, -1, 1, -1, 1, -1]);
    expect([...doubled!.data]).toEqual([2, -4, 6, -8, 10, -12]);
  });

  test('the first of two plugins of a class decides', () => {
    const other = plugin('Scale', (_layer, input) => input);
    const tensors = [ref('double')];
    expect([...interpret(network(), [x], { plugins: [other, ...plugins], tensors })[0]!.data]).toEqual([
      ...x.data,
    ]);
  });

  test('refuses a class without a plugin or without apply, and another number of inputs', () => {
    const { apply: _, ...silent } = plugins[0]!;
    expect(codeOf(() => interpret(network(), [x], { plugins: plugins.slice(1) }))).toBe('LAYER_UNKNOWN');
    expect(codeOf(() => interpret(network(), [x], { plugins: [silent, ...plugins.slice(1)] }))).toBe(
      'LAYER_UNKNOWN',
    );
    expect(codeOf(() => interpret(network(), [], { plugins }))).toBe('SHAPE_MISMATCH');
  });
});

describe('changeNetwork', () => {
  test('puts one node in the place of others and drops what nobody reads', () => {
    const before = network();
    const changed = changeNetwork(before, {
      add: [node('both', 'Scale', [ref('split', 1)], 3)],
      redirect: [[ref('triple:1'), ref('both')]],
    });
    expect(changed.nodes.map(({ name }) => name)).toEqual(['x', 'double', 'split', 'both', 'sum']);
    expect(nodeOf(changed, 'split')).toBe(nodeOf(before, 'split'));
    const [expected] = interpret(before, [x], { plugins });
    const [sum] = interpret(changed, [x], { plugins });
    // Float32 holds the root of 3 to 4e-8.
    for (const [index, value] of sum!.data.entries()) expect(value).toBeCloseTo(expected!.data[index]!, 6);
  });

  test('redirects the outputs of the network, also by several steps', () => {
    const changed = changeNetwork(network(), {
      remove: ['sum', 'triple:1'],
      redirect: [
        [ref('sum'), ref('triple:1')],
        [ref('triple:1'), ref('split')],
      ],
    });
    expect(changed.outputs).toEqual([ref('split')]);
    expect(changed.nodes.map(({ name }) => name)).toEqual(['x', 'double', 'split']);
  });

  test('keeps an input that nothing reads any more', () => {
    const constant = { ...node('constant', 'Scale', [], 1) };
    const changed = changeNetwork(network(), { add: [constant], redirect: [[ref('sum'), ref('constant')]] });
    expect(changed.nodes.map(({ name }) => name)).toEqual(['x', 'constant']);
  });

  test.each([
    ['a layer that is gone', { remove: ['split'] }],
    ['its own output', { redirect: [[ref('double'), ref('sum')]] as const }],
  ])('refuses a network that reads %s', (_what, change) => {
    expect(codeOf(() => changeNetwork(network(), change))).toBe('NETWORK_INVALID');
  });
});

describe('joinNetworks', () => {
  test('computes what two networks share once, and gives the tensors of both', () => {
    const teacher = network();
    const halved = node('triple', 'Scale', [ref('split', 1)], 0.5);
    const student = changeNetwork(teacher, { add: [halved] });
    const { network: joined, locate } = joinNetworks(teacher, student);
    // Of the student, the changed layer and what reads it.
    expect(joined.nodes).toHaveLength(teacher.nodes.length + 3);
    expect(locate(ref('split', 1))).toEqual(ref('split', 1));
    const tensors = [ref('sum'), locate(ref('sum')), locate(ref('triple'))];
    const [ofTeacher, ofStudent, changed] = interpret(joined, [x], { plugins, tensors });
    expect(ofTeacher).toEqual(interpret(teacher, [x], { plugins })[0]);
    expect(ofStudent).toEqual(interpret(student, [x], { plugins })[0]);
    expect([...changed!.data]).toEqual([0.5, -0.5, 0.5, -0.5, 0.5, -0.5]);
  });

  test('refuses networks of other inputs', () => {
    const two = { ...network(), inputs: ['x', 'double'] };
    expect(codeOf(() => joinNetworks(network(), two))).toBe('ARGUMENT_INVALID');
  });
});

test('readers are listed as often as they read, and shared layers once', () => {
  const readers = readersOf(network());
  expect(readers.get('split')!.map(({ name }) => name)).toEqual(['triple', 'sum']);
  expect(readers.get('sum')).toEqual([]);
  const shared = sharedLayers(network());
  expect([...shared].map(({ name }) => name)).toEqual(['triple']);
});

test('a tensor that one node reads twice and another one too is listed, and none that has one reader', () => {
  const twice = (nodes: readonly NetworkNode[]): Network => ({ ...network(), nodes });
  const [first, second] = network().nodes;
  const from = { node: first!.name, output: 0 };
  const doubled = { ...second!, name: 'doubled', inputs: [from, from, from] };
  const other = { ...second!, name: 'other', inputs: [from] };
  expect(readTwice(twice([first!, doubled]))).toEqual([]);
  expect(readTwice(twice([first!, doubled, other]))).toEqual([{ reader: doubled, tensor: from, other }]);
});

test('an unknown node is refused with the names that there are', () => {
  expect(codeOf(() => nodeOf(network(), 'nowhere'))).toBe('LAYER_UNKNOWN');
  expect(() => nodeOf(network(), 'nowhere')).toThrow(/double, split/);
});
