import type { SymbolicTensor } from '../tensorflow.js';

/** The names of a model's inputs or outputs; a `Sequential` has none of its own before it is first run. */
export function namesOf(tensors: readonly SymbolicTensor[]): string[] {
  return tensors.map(({ sourceLayer }) => sourceLayer.name);
}
