import { checkLinearAlgebra } from '@fuseinit/core/testing';
import { createLinearAlgebra } from '../create-linear-algebra.js';
import { drawn, plainMoments, worstCovariance } from './moments.test-support.js';

// Functions that tests call by name in a page of a real browser.

export async function conformance() {
  const linalg = await createLinearAlgebra();
  const checks = await checkLinearAlgebra(linalg);
  const [x, z] = [drawn(3000 * 20, 1), drawn(3000 * 3, 2)];
  const sums = await linalg.createSums({ channels: 20, outFeatures: 3, geometry: null });
  await sums.add(x, z);
  const error = worstCovariance(await sums.take(), plainMoments(x, z, 20, 3));
  await linalg.close();
  return { name: linalg.name, checks: checks.length, error };
}

/** How often the page had its turn during one long product. */
export async function turnsDuringWork() {
  const linalg = await createLinearAlgebra();
  const matrix = Float64Array.from(drawn(1500 * 1500, 1));
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  await linalg.multiplyTransposed(matrix, matrix, 1500);
  clearInterval(timer);
  await linalg.close();
  return turns;
}
