import { describe, expect, test } from 'vitest';
import { readNpy } from './npy.js';

/** What numpy.save writes for `numpy.array([[1, 2.5, -3]], dtype=...)`. */
function npy(header: string, data: Uint8Array): ArrayBuffer {
  const bytes = [0x93, ...Buffer.from('NUMPY'), 1, 0, header.length, 0, ...Buffer.from(header), ...data];
  return Uint8Array.from(bytes).buffer;
}
const header = (type: string, order = 'False', shape = '1, 3') =>
  `{'descr': '${type}', 'fortran_order': ${order}, 'shape': (${shape}), }\n`;

describe('readNpy', () => {
  test.each([
    ['<f4', 'float32', Float32Array.of(1, 2.5, -3), [1, 2.5, -3]],
    ['<f8', 'float64', Float64Array.of(1, 2.5, -3), [1, 2.5, -3]],
    ['|u1', 'uint8', Uint8Array.of(1, 2, 253), [1, 2, 253]],
    ['<i2', 'int16', Int16Array.of(1, 2, -3), [1, 2, -3]],
  ])('reads %s', (type, name, numbers, expected) => {
    const { shape, values, dtype } = readNpy(npy(header(type), new Uint8Array(numbers.buffer)));
    expect(dtype).toBe(name);
    expect(shape).toEqual([1, 3]);
    expect([...values]).toEqual(expected);
  });

  test('reads a shape of one axis', () => {
    expect(readNpy(npy(header('|u1', 'False', '3,'), Uint8Array.of(7, 8, 9))).shape).toEqual([3]);
  });

  test.each([
    ['another file', new ArrayBuffer(20), /no .npy file/],
    ['a type of objects', npy(header('|O'), new Uint8Array(3)), /type is \|O/],
    ['Fortran order', npy(header('|u1', 'True'), new Uint8Array(3)), /ascontiguousarray/],
    ['too few numbers', npy(header('<f4'), new Uint8Array(3)), /more than it holds/],
    ['a cut header', npy(header('<f4'), new Uint8Array(0)).slice(0, 30), /cut short/],
  ])('refuses %s', (_, file, message) => {
    expect(() => readNpy(file)).toThrow(message);
    expect(() => readNpy(file)).toThrow(expect.objectContaining({ code: 'CALIBRATION_DATA_UNSUPPORTED' }));
  });
});
