import { pageBytes } from '../kernels/kernels.js';
import { LinalgError } from '../linalg-error.js';

/** The error for pages that the machine doesn't give. */
export function memoryRefused(pages: number, held: number, cause: unknown): LinalgError {
  return new LinalgError(
    'MEMORY_TOO_SMALL',
    `The machine doesn't give ${pages} pages of ${pageBytes / 1024} KiB to WebAssembly (${held} are held).`,
    { cause },
  );
}
