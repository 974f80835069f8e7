import { FuseInitError } from '@fuseinit/core';
import { pageBytes } from '../kernels/kernels.js';

/** The error for pages that the machine doesn't give. */
export function memoryRefused(pages: number, held: number, cause: unknown): FuseInitError {
  return new FuseInitError(
    'TENSOR_TOO_LARGE',
    `The machine doesn't give ${pages} pages of ${pageBytes / 1024} KiB to WebAssembly (${held} are held).`,
    { cause },
  );
}
