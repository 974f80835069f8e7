import { momentsOfRows } from '@fuseinit/core';
import { randomArray } from '@fuseinit/core/testing';
import { expect, test } from 'vitest';
import { createHeldOutRows } from './held-out-rows.js';
import { decodeStates, encodeSafetensors, encodeStates } from './states-file.js';

const state = (tap: string, seed: number, inputs: number, held: boolean) => ({
  tap,
  batches: 3,
  samples: 20,
  heldOutSamples: held ? 5 : 0,
  moments: {
    ...momentsOfRows(randomArray(seed, [20, inputs]), randomArray(seed + 1, [20, 2])),
    ...(held && { precision: 2 ** -24 }),
  },
  heldOut: createHeldOutRows(
    Array.from({ length: held ? 5 : 0 }, (_, place) => ({
      batch: seed,
      place,
      rows: 3,
      inputs: Float32Array.from(randomArray(seed + place, [3, inputs]).data),
      targets: Float32Array.from(randomArray(seed + place + 9, [3, 2]).data),
    })),
  ).samples,
});
const whole = {
  info: '{"teacher":"été </script>"}',
  states: [state('a_b', 1, 7, true), state('c_d', 5, 3, false)],
};
const bytes = encodeStates(whole);

test('what is written is read back to the last bit', () => {
  expect(decodeStates(bytes, 'file')).toEqual(whole);
  // A view of a part of a buffer, not aligned to anything.
  const odd = new Uint8Array(bytes.length + 3);
  odd.set(bytes, 3);
  expect(decodeStates(odd.subarray(3), 'file')).toEqual(whole);
  // Node's own bytes, whose slice is no copy.
  expect(decodeStates(Buffer.from(bytes), 'file')).toEqual(whole);
  const nothing = { info: '', states: [] };
  expect(decodeStates(encodeStates(nothing), 'file')).toEqual(nothing);
  const empty = { info: '', states: [{ tap: 't', batches: 0, samples: 0, heldOutSamples: 0, heldOut: [] }] };
  expect(decodeStates(encodeStates(empty), 'file')).toEqual(empty);
});

test('the numbers lie where the format says: the header is aligned, and names each array', () => {
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  expect(length % 8).toBe(0);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  const { dtype, shape, data_offsets: offsets } = header['0.moments.inputMean'];
  expect([dtype, shape]).toEqual(['F64', [7]]);
  const numbers = new Float64Array(bytes.slice(8 + length + offsets[0], 8 + length + offsets[1]).buffer);
  expect(numbers).toEqual(whole.states[0]!.moments.inputMean.data);
});

test('cut anywhere, it is refused', () => {
  for (let length = 0; length < bytes.length; length += 13) {
    expect(() => decodeStates(bytes.subarray(0, length), 'cut'), `${length} bytes`).toThrow(
      expect.objectContaining({ code: 'DATA_FILE_INVALID' }),
    );
  }
});

test('with any byte of it changed, it is refused', () => {
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const header = new TextDecoder().decode(bytes.subarray(8, 8 + length));
  for (let at = 0; at < bytes.length; at += at < 8 + length ? 1 : 29) {
    // Spaces at the header's end say nothing.
    if (at >= 8 + header.trimEnd().length && at < 8 + length) continue;
    const changed = bytes.slice();
    changed[at]! ^= 1 << (at % 8);
    expect(() => decodeStates(changed, 'changed'), `byte ${at}`).toThrow(
      expect.objectContaining({ code: 'DATA_FILE_INVALID' }),
    );
  }
});

test('other files are refused, and told what they are', () => {
  const other = encodeSafetensors({ metadata: {}, arrays: { x: { shape: [1], data: Float64Array.of(1) } } });
  expect(() => decodeStates(other, 'weights.safetensors')).toThrow(/weights.safetensors.*not of statistics/);
  expect(() => decodeStates(new TextEncoder().encode('{"format":"layers-model"}'), 'model.json')).toThrow(
    /model.json.*no safetensors file/,
  );
  const later = encodeSafetensors({
    metadata: { format: 'fuseinit statistics', specVersion: '3' },
    arrays: {},
  });
  expect(() => decodeStates(later, 'f')).toThrow(/version 3/);
});
