import {
  createLinearAlgebra,
  type LinearAlgebraOptions,
  type WasmLinearAlgebra,
} from '../create-linear-algebra.js';
import { kernelBytes } from '../kernels/kernel-bytes.js';
import { allInstructions } from '../kernels/kernels.js';

/** All that this engine can run kernels on, one thread and several. */
export const everyEngine: readonly LinearAlgebraOptions[] = allInstructions
  .filter((instructions) => WebAssembly.validate(Buffer.from(kernelBytes[instructions].base64, 'base64')))
  .flatMap((instructions) => [1, 2, 3].map((threads) => ({ instructions, threads })));

/** Runs something on an engine, and closes it whatever happens. */
export async function onEngine<T>(
  options: LinearAlgebraOptions,
  use: (linalg: WasmLinearAlgebra) => Promise<T>,
): Promise<T> {
  const linalg = await createLinearAlgebra(options);
  try {
    return await use(linalg);
  } finally {
    await linalg.close();
  }
}
