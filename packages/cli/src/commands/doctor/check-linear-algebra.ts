import { availableParallelism } from 'node:os';
import { createLinearAlgebra } from '@fuseinit/linalg';
import type { Finding } from './finding.js';

/** What covariances and solutions are computed by. */
export async function checkLinearAlgebra(): Promise<Finding> {
  const linalg = await createLinearAlgebra();
  try {
    const { instructions, threads } = linalg;
    const words = {
      'relaxed-simd': 'WebAssembly SIMD with fused multiply-adds',
      simd: 'WebAssembly SIMD; a newer Node has fused multiply-adds',
      scalar: 'WebAssembly without SIMD; a newer Node is faster',
    };
    const told = `${words[instructions]}, ${threads} of ${availableParallelism()} cores`;
    return { name: 'linalg', works: true, text: told };
  } finally {
    await linalg.close();
  }
}
