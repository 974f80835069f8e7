import { type LinearAlgebra, type PositiveSolution, referenceLinearAlgebra } from './linear-algebra.js';

/**
 * An algorithm that asks for linear algebra where it needs some and goes on with what comes back: written
 * once, run at once by {@link compute} or on whatever was injected by {@link computeWith}.
 */
export type Computation<Result> = Generator<(linearAlgebra: LinearAlgebra) => unknown, Result, unknown>;

/** {@link LinearAlgebra.solvePositive}, as a step of a computation. */
export function* solvePositive(
  ...args: Parameters<LinearAlgebra['solvePositive']>
): Computation<PositiveSolution> {
  return (yield (linearAlgebra) => linearAlgebra.solvePositive(...args)) as PositiveSolution;
}

/** {@link LinearAlgebra.multiplyTransposed}, as a step of a computation. */
export function* multiplyTransposed(
  ...args: Parameters<LinearAlgebra['multiplyTransposed']>
): Computation<Float64Array> {
  return (yield (linearAlgebra) => linearAlgebra.multiplyTransposed(...args)) as Float64Array;
}

/** The result of a computation by plain JavaScript, at once. */
export function compute<Result>(computation: Computation<Result>): Result {
  let step = computation.next();
  while (!step.done) step = computation.next(step.value(referenceLinearAlgebra));
  return step.value;
}

/** The result of a computation by the linear algebra given; its errors come out as they are. */
export async function computeWith<Result>(
  linearAlgebra: LinearAlgebra,
  computation: Computation<Result>,
): Promise<Result> {
  let step = computation.next();
  while (!step.done) step = computation.next(await step.value(linearAlgebra));
  return step.value;
}
