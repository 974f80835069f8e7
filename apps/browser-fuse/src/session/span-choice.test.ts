import { describe as describeModel, findSpans } from '@fuseinit/tfjs';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import type { ChosenSpan } from './chosen-span.js';
import { layerChoice, overlapReason } from './span-choice.js';

const model = tf.sequential({
  layers: [
    tf.layers.conv2d({ name: 'a', inputShape: [8, 8, 1], filters: 2, kernelSize: 3 }),
    tf.layers.reLU({ name: 'relu' }),
    tf.layers.conv2d({ name: 'b', filters: 2, kernelSize: 3 }),
    tf.layers.flatten({ name: 'flat' }),
    tf.layers.dense({ name: 'c', units: 3 }),
  ],
});
const description = describeModel(model);
const found = findSpans(model);
const input = description.layers[0]!.name;
const span = (from: string, to: string): ChosenSpan => ({
  ...found.legal.find((legal) => legal.from === from && legal.to === to)!,
  chosenKernel: null,
});
const choose = (layer: string, picking: string | null = null, chosen: readonly ChosenSpan[] = []) =>
  layerChoice({ description, found, chosen, picking }, layer);

describe('layerChoice', () => {
  test('a span begins at layers with kernels that have a successor, and nowhere else', () => {
    expect(choose('a').kind).toBe('first');
    expect(choose('b').kind).toBe('first');
    expect(choose('relu')).toMatchObject({ reason: expect.stringMatching(/begins with.*"relu" is a ReLU/) });
    expect(choose('c')).toMatchObject({ reason: 'No layer comes after "c".' });
    expect(choose(input)).toMatchObject({ reason: expect.stringMatching(/input of the model/) });
  });

  test('it ends where findSpans says, and the rest says why not', () => {
    expect(choose('a', 'a').kind).toBe('picked');
    expect(choose('b', 'a')).toMatchObject({ kind: 'last', span: { layers: ['a', 'relu', 'b'] } });
    expect(choose('flat', 'a')).toMatchObject({
      reason: expect.stringMatching(/ends with.*"flat" is a Flatten/),
    });
    expect(choose('a', 'b')).toMatchObject({ reason: '"a" stands before "b".' });
  });

  test('layers of a chosen span are taken', () => {
    const chosen = [span('a', 'b')];
    expect(choose('relu', null, chosen)).toMatchObject({
      reason: '"relu" is already in the span from a to b.',
    });
    expect(overlapReason(chosen, span('b', 'c'))).toMatch(/shares layers with the span from a to b/);
    expect(choose('a', null, [span('b', 'c')])).toMatchObject({
      reason: 'Every span from "a" shares layers with one already chosen.',
    });
    expect(overlapReason([span('b', 'c')], span('b', 'c'))).toBeDefined();
  });
});
