/** Numbers of a file in LeCun's idx format of unsigned bytes. */
export interface IdxArray {
  readonly shape: readonly number[];
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Reads an idx file: two zeros, the type (8: unsigned bytes), the rank, the lengths, the numbers. */
export function readIdx(file: ArrayBuffer): IdxArray {
  const view = new DataView(file);
  const rank = file.byteLength > 4 ? view.getUint8(3) : 0;
  if (rank === 0 || view.getUint16(0) !== 0 || view.getUint8(2) !== 8) {
    throw new Error('A bundled file is no idx file of unsigned bytes.');
  }
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const bytes = new Uint8Array(file, 4 + 4 * rank);
  if (bytes.length !== shape.reduce((product, length) => product * length, 1)) {
    throw new Error(`A bundled idx file of shape [${shape}] holds ${bytes.length} numbers: it is cut short.`);
  }
  return { shape, bytes };
}
