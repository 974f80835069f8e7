import { FuseInitError } from '@fuseinit/core';

export interface NpyArray {
  readonly shape: readonly number[];
  readonly values: Float32Array<ArrayBuffer>;
  /** As NumPy names it. */
  readonly dtype: string;
}

type Reader = (view: DataView, offset: number) => number;

const readers: Record<string, readonly [size: number, read: Reader, dtype: string]> = {
  '|u1': [1, (view, offset) => view.getUint8(offset), 'uint8'],
  '|i1': [1, (view, offset) => view.getInt8(offset), 'int8'],
  '<u2': [2, (view, offset) => view.getUint16(offset, true), 'uint16'],
  '<i2': [2, (view, offset) => view.getInt16(offset, true), 'int16'],
  '<i4': [4, (view, offset) => view.getInt32(offset, true), 'int32'],
  '<f4': [4, (view, offset) => view.getFloat32(offset, true), 'float32'],
  '<f8': [8, (view, offset) => view.getFloat64(offset, true), 'float64'],
};

/**
 * Reads NumPy's .npy format: magic, version, the header's length, the header as a Python literal, the numbers.
 *
 * @throws CALIBRATION_DATA_UNSUPPORTED for other files, types or orders.
 */
export function readNpy(file: ArrayBuffer): NpyArray {
  const view = new DataView(file);
  if (file.byteLength < 12 || view.getUint32(0) !== 0x934e554d) throw unsupported('It is no .npy file.');
  const [headerLength, headerStart] =
    view.getUint8(6) === 1 ? [view.getUint16(8, true), 10] : [view.getUint32(8, true), 12];
  const dataStart = headerStart + headerLength;
  if (dataStart > file.byteLength) throw unsupported('It is cut short.');
  const header = new TextDecoder().decode(new Uint8Array(file, headerStart, headerLength));
  const type = header.match(/'descr':\s*'([^']+)'/)?.[1] ?? 'unknown';
  const reader = readers[type];
  if (!reader) {
    throw unsupported(`Its type is ${type}: one of ${Object.keys(readers).join(', ')} is read here.`);
  }
  if (/'fortran_order':\s*True/.test(header)) {
    throw unsupported('It is in Fortran order: save numpy.ascontiguousarray(array).');
  }
  const shape = (header.match(/'shape':\s*\(([^)]*)\)/)?.[1] ?? '').match(/\d+/g)?.map(Number) ?? [];
  const [size, read, dtype] = reader;
  const count = shape.reduce((product, length) => product * length, 1);
  if (shape.length === 0 || file.byteLength - dataStart < count * size) {
    throw unsupported(`Its header tells of shape (${shape.join(', ')}), more than it holds.`);
  }
  const values = Float32Array.from({ length: count }, (_, index) => read(view, dataStart + index * size));
  return { shape, values, dtype };
}

function unsupported(message: string): FuseInitError {
  return new FuseInitError('CALIBRATION_DATA_UNSUPPORTED', `The .npy file could not be read. ${message}`);
}
