import { type LinearAlgebra, type PositiveSolution, referenceLinearAlgebra } from './linear-algebra.js';

/**
 * An algorithm as a generator that yields each linear-algebra operation it needs and continues with the
 * result. It is written once, and runs synchronously by {@link compute} or on an injected implementation by
 * {@link computeWith}.
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

/** Runs a computation synchronously, in plain JavaScript. */
export function compute<Result>(computation: Computation<Result>): Result {
  let step = computation.next();
  while (!step.done) step = computation.next(step.value(referenceLinearAlgebra));
  return step.value;
}

/** Runs a computation on the given linear algebra, whose errors are passed on unchanged. */
export async function computeWith<Result>(
  linearAlgebra: LinearAlgebra,
  computation: Computation<Result>,
): Promise<Result> {
  let step = computation.next();
  while (!step.done) step = computation.next(await step.value(linearAlgebra));
  return step.value;
}
