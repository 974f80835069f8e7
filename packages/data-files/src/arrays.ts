/**
 * Arrays whose bytes are in memory already, as in a browser: this entry needs no Node.
 *
 * @packageDocumentation
 */

import {
  type ArrayLayout,
  decodeElements,
  idxHeaderEnd,
  idxLayout,
  npyHeaderEnd,
  npyLayout,
  requireSize,
} from './arrays/array-layout.js';
import type { Numbers } from './sample-source.js';

export type { Numbers };

/** An array in a file. */
export interface StoredArray {
  readonly shape: readonly number[];
  /** NumPy's name of the type of its elements: 'uint8', 'float32'. */
  readonly dtype: string;
  /** The elements, row-major; 64-bit integers as the nearest float64. */
  readonly values: Numbers;
}

/**
 * Reads a .npy file of version 1 to 3.
 *
 * @param name The name of the file in messages.
 * @throws DATA_FILE_INVALID for another format, for elements that are no numbers, for Fortran order, and for
 * more or fewer bytes than the header needs.
 */
export function readNpy(name: string, bytes: Uint8Array): StoredArray {
  const end = npyHeaderEnd(name, bytes);
  return storedArray(name, bytes, npyLayout(name, bytes, end));
}

/**
 * Reads a file in LeCun's idx format, as MNIST has it.
 *
 * @param name The name of the file in messages.
 * @throws DATA_FILE_INVALID for another format, and for more or fewer bytes than the header needs.
 */
export function readIdx(name: string, bytes: Uint8Array): StoredArray {
  const end = idxHeaderEnd(name, bytes);
  return storedArray(name, bytes, idxLayout(name, bytes, end));
}

function storedArray(name: string, bytes: Uint8Array, layout: ArrayLayout): StoredArray {
  requireSize(name, bytes.length, layout);
  const elements = new Uint8Array(bytes.subarray(layout.offset));
  const values = decodeElements(layout.type, layout.order, elements);
  return { shape: layout.shape, dtype: layout.type.name, values };
}
