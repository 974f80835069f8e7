import { expect, test } from 'vitest';
import { simplify } from './simplify.js';
import { networkBuilder, allPlugins as plugins } from './testing-support/network-builder.test-support.js';

const conv = { filters: 4, kernelSize: [3, 3], strides: [1, 1], padding: 'valid', useBias: true };

function successors(activationsApart: string[] = []) {
  const b = networkBuilder(1);
  let x = b.input(12, 12, 3);
  x = b.add(
    'ZeroPadding2D',
    {
      padding: [
        [1, 1],
        [1, 1],
      ],
    },
    x,
    'pad',
  );
  x = b.add('Conv2D', conv, x, 'conv1');
  x = b.add('BatchNormalization', {}, x, 'norm1');
  x = b.add('ReLU', { maxValue: 6 }, x, 'relu1');
  x = b.add('Dropout', { rate: 0.5 }, x, 'noise');
  x = b.add('BatchNormalization', {}, x, 'ahead');
  x = b.add('Conv2D', { ...conv, activation: 'relu' }, x, 'conv2');
  const left = b.add('Conv2D', conv, x, 'left');
  const right = b.add('Conv2D', conv, b.add('BatchNormalization', {}, x, 'shared'), 'right');
  const sum = b.add('Concatenate', {}, [left, right], 'sum');
  const { network } = b.build(b.add('Activation', { activation: 'tanh' }, sum, 'end'));
  return simplify(network, { plugins, activationsApart }).successors;
}

test('what was folded, dropped or moved ahead still begins and ends runs of layers', () => {
  const found = successors();
  expect(found.get('pad')).toEqual({ first: 'conv1', last: 'input0' });
  expect(found.get('norm1')).toEqual({ first: 'conv1', last: 'conv1' });
  expect(found.get('relu1')).toEqual({ first: 'conv1', last: 'conv1' });
  expect(found.get('noise')).toEqual({ first: null, last: 'conv1' });
  expect(found.get('ahead')).toEqual({ first: 'conv2', last: 'conv1' });
  expect(found.get('shared')).toEqual({ first: 'right', last: 'conv2' });
  expect(found.get('conv2')).toEqual({ first: 'conv2', last: 'conv2' });
});

test('an activation that stays apart ends a run where it would have been folded', () => {
  const found = successors(['relu6']);
  expect(found.get('relu1')).toEqual({ first: 'relu1', last: 'conv1' });
  expect(found.get('norm1')).toEqual({ first: 'conv1', last: 'conv1' });
});
