import { inWords } from '../errors/in-words.js';
import { dilatedSize, isBorder, isSizes, type PatchGeometry } from './patch-geometry.js';

const sizeLists = ['inputSize', 'outputSize', 'kernelSize', 'strides', 'dilationRate'] as const;

/**
 * What keeps a value from being a {@link PatchGeometry}, in words that continue 'its geometry has ...', or undefined
 * where nothing does.
 *
 * A geometry that a plugin wrote by hand or changed may break the law that {@link patchGeometry} keeps, that the last
 * window ends at the padded edge; every backend relies on it.
 */
export function geometryFault(geometry: unknown): string | undefined {
  if (typeof geometry !== 'object' || geometry === null) return `no lists, it is ${inWords(geometry)}`;
  const lists = geometry as Record<keyof PatchGeometry, unknown>;
  const { inputSize, padding } = lists;
  for (const name of sizeLists) {
    if (!isSizes(lists[name])) {
      return `${name} ${inWords(lists[name])} where a list of positive integers was expected`;
    }
  }
  if (!Array.isArray(padding) || !padding.every(isBorder)) {
    return `padding ${inWords(padding)} where integers [before, after] were expected for each axis`;
  }
  const rank = (inputSize as readonly number[]).length;
  for (const name of [...sizeLists, 'padding'] as const) {
    const { length } = lists[name] as readonly unknown[];
    if (length !== rank) return `${name} of ${length} axes and inputSize of ${rank}`;
  }
  if (rank !== 1 && rank !== 2) return `${rank} spatial axes where 1 or 2 were expected`;
  return edgeFault(geometry as PatchGeometry);
}

function edgeFault(geometry: PatchGeometry): string | undefined {
  for (const [axis, length] of geometry.inputSize.entries()) {
    const [before, after] = geometry.padding[axis]!;
    const extent = dilatedSize(geometry.kernelSize[axis]!, geometry.dilationRate[axis]!);
    const end = (geometry.outputSize[axis]! - 1) * geometry.strides[axis]! + extent;
    if (end !== length + before + after) {
      return `${geometry.outputSize[axis]} windows that end at position ${end} of ${length + before + after} padded ones on axis ${axis}`;
    }
  }
  return undefined;
}
