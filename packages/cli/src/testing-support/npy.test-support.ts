/** Bytes of a .npy, version 1. */
export function npyFile(values: Float32Array | Int32Array | Uint8Array, shape: readonly number[]): Buffer {
  const type = values instanceof Int32Array ? '<i4' : values instanceof Uint8Array ? '|u1' : '<f4';
  const lengths = shape.map((length) => `${length},`).join(' ');
  const header = `{'descr': '${type}', 'fortran_order': False, 'shape': (${lengths}), }`;
  // The header ends in a newline, and the values begin at a multiple of 64.
  const padded = `${header.padEnd(Math.ceil((10 + header.length + 1) / 64) * 64 - 11)}\n`;
  const start = Buffer.from('\x93NUMPY\x01\x00\x00\x00', 'latin1');
  start.writeUInt16LE(padded.length, 8);
  return Buffer.concat([
    start,
    Buffer.from(padded),
    Buffer.from(values.buffer, values.byteOffset, values.byteLength),
  ]);
}
