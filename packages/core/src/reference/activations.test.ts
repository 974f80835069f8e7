import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ndArray } from '../array/nd-array.js';
import { randomArray } from '../testing/check.js';
import { codeOf, holds, seeds } from '../testing-support/properties.test-support.js';
import { activate, elementwiseActivations, erf, mapElements } from './activations.js';

const { exp, log, max, min, tanh, sqrt, PI } = Math;

/** Textbook forms, which lose digits far from 0: compared within [-8, 8]. */
const definitions: Record<string, (x: number) => number> = {
  linear: (x) => x,
  relu: (x) => max(x, 0),
  relu6: (x) => min(max(x, 0), 6),
  elu: (x) => (x > 0 ? x : exp(x) - 1),
  selu: (x) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * (exp(x) - 1)),
  sigmoid: (x) => exp(x) / (1 + exp(x)),
  hardSigmoid: (x) => max(0, min(1, x / 5 + 1 / 2)),
  tanh: (x) => (exp(2 * x) - 1) / (exp(2 * x) + 1),
  softplus: (x) => log(1 + exp(x)),
  softsign: (x) => x / (x < 0 ? 1 - x : 1 + x),
  swish: (x) => (x * exp(x)) / (1 + exp(x)),
  mish: (x) => x * tanh(log(1 + exp(x))),
  gelu: (x) => x * (0.5 + simpson((t) => exp((-t * t) / 2), x) / sqrt(2 * PI)),
  gelu_new: (x) => (x / 2) * (1 + tanh(sqrt(2 / PI) * (x + 0.044715 * x * x * x))),
};

/** The integral from 0 to x; 4,000 steps leave an error of 1e-13 on what is integrated here. */
function simpson(integrand: (t: number) => number, x: number): number {
  const steps = 4000;
  const width = x / steps;
  let sum = integrand(0) + integrand(x);
  for (let step = 1; step < steps; step++) sum += (step % 2 === 1 ? 4 : 2) * integrand(step * width);
  return (sum * width) / 3;
}

test('each known activation has a definition to be held to', () => {
  expect([...elementwiseActivations].sort()).toEqual(Object.keys(definitions).sort());
});

describe.each(Object.entries(definitions))('%s', (name, definition) => {
  const at = (x: number) => activate(ndArray([1], [x]), name).data[0]!;

  test('follows its definition', () => {
    holds(
      fc.property(fc.double({ min: -8, max: 8, noNaN: true }), (x) => {
        // exp(-8) beside 1 leaves the textbook forms 12 digits.
        expect(Math.abs(at(x) - definition(x))).toBeLessThan(1e-12);
      }),
    );
  });

  test('stays finite far out', () => {
    for (const x of [-1e4, 1e4]) expect(Number.isFinite(at(x))).toBe(true);
  });
});

describe('softmax', () => {
  test('is exp over its row sum, on the last axis; logSoftmax is its logarithm', () => {
    holds(
      fc.property(seeds, fc.integer({ min: 1, max: 5 }), (seed, classes) => {
        const input = randomArray(seed, [2, 3, classes]);
        const probabilities = activate(input, 'softmax');
        const logarithms = activate(input, 'logSoftmax');
        expect(probabilities.shape).toEqual([2, 3, classes]);
        for (let start = 0; start < input.data.length; start += classes) {
          const row = [...input.data.subarray(start, start + classes)];
          const sum = row.reduce((total, value) => total + exp(value), 0);
          row.forEach((value, index) => {
            expect(probabilities.data[start + index]).toBeCloseTo(exp(value) / sum, 14);
            expect(logarithms.data[start + index]).toBeCloseTo(value - log(sum), 13);
          });
        }
      }),
    );
  });

  test('neither overflows nor underflows', () => {
    const input = ndArray([1, 3], [1000, 0, 1000]);
    expect([...activate(input, 'softmax').data]).toEqual([0.5, 0, 0.5]);
    const [first, second] = activate(input, 'logSoftmax').data;
    expect(first).toBeCloseTo(-log(2), 14);
    expect(second).toBeCloseTo(-1000 - log(2), 10);
  });
});

test('the input is left as it is', () => {
  const input = randomArray(1, [2, 3]);
  const kept = input.data.slice();
  for (const name of [...elementwiseActivations, 'softmax', 'logSoftmax']) activate(input, name);
  mapElements(input, (value) => value + 1);
  expect(input.data).toEqual(kept);
});

test.each(['unheard-of', '', 'toString', 'constructor'])('the name %j is LAYER_UNSUPPORTED', (name) => {
  expect(codeOf(() => activate(randomArray(1, [2]), name))).toBe('LAYER_UNSUPPORTED');
});

// Abramowitz and Stegun, table 7.1, and DLMF's tables of chapter 7.
test.each([
  [0, 0],
  [0.5, 0.5204998778130465],
  [1, 0.8427007929497149],
  [2, 0.9953222650189527],
  [3, 0.9999779095030014],
])('erf(%d)', (x, value) => {
  expect(Math.abs(erf(x) - value)).toBeLessThan(1e-15);
  expect(erf(-x)).toBe(-erf(x));
});

test('far out it is a sign, and what is no number stays none', () => {
  expect([erf(40), erf(-40), erf(Number.NaN)]).toEqual([1, -1, Number.NaN]);
});
