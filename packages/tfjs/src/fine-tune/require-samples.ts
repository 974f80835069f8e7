import { FuseInitError } from '@fuseinit/core';
import type { LayersModel } from '../tensorflow.js';

type Shaped = { readonly shape: readonly number[] };

/**
 * @throws SHAPE_MISMATCH when inputs aren't of the number and the shapes that the model reads, batch first.
 */
export function requireInputs(entries: readonly Shaped[], model: LayersModel): void {
  const shapes = model.inputs.map(({ shape }) => shape);
  const fits =
    entries.length === shapes.length &&
    shapes.every((expected, index) => {
      const { shape } = entries[index]!;
      return (
        shape.length === expected.length &&
        expected.every((length, axis) => axis === 0 || length === null || length === shape[axis])
      );
    });
  if (fits) return;
  const told = (all: readonly (readonly (number | null)[])[]) =>
    all.map((shape) => `[${shape.map((length) => length ?? 'any')}]`).join(', ');
  throw new FuseInitError(
    'SHAPE_MISMATCH',
    `Training inputs of ${told(entries.map(({ shape }) => shape)) || 'nothing'} came where the model reads ${told(shapes)}.`,
  );
}

/**
 * How many samples there are.
 *
 * @throws SHAPE_MISMATCH where inputs and labels aren't as many.
 * @throws ARGUMENT_INVALID where there is none.
 */
export function requireCount(entries: readonly Shaped[]): number {
  const counts = entries.map(({ shape }) => shape[0] ?? 0);
  if (counts.some((count) => count !== counts[0])) {
    throw new FuseInitError(
      'SHAPE_MISMATCH',
      `xs and ys hold ${counts.join(', ')} samples: as many of each were expected.`,
    );
  }
  if (counts[0] === 0) throw new FuseInitError('ARGUMENT_INVALID', 'The training data hold no sample.');
  return counts[0]!;
}
