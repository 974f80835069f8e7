import { FuseInitError, inWords } from '../errors/fuse-init-error.js';

/**
 * The geometry of a sliding window. Every list has one entry for each spatial axis (1-D or 2-D).
 *
 * Padding is explicit, `[before, after]`, and negative where the input is cropped, because TensorFlow's
 * 'same' is asymmetric under strides and two stacked 'same' layers are not always one 'same' layer. It always
 * holds that `(outputSize - 1) strides + (kernelSize - 1) dilationRate + 1 = inputSize + before + after`.
 *
 * Source: docs/math.md, section 2.
 */
export interface PatchGeometry {
  readonly inputSize: readonly number[];
  readonly outputSize: readonly number[];
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly dilationRate: readonly number[];
  readonly padding: readonly (readonly [before: number, after: number])[];
}

/** The options of {@link patchGeometry}, named as in the config of a TensorFlow.js layer. */
export interface PatchGeometryOptions {
  /** The spatial lengths of the input, one or two. */
  readonly inputSize: readonly number[];
  readonly kernelSize: readonly number[];
  /** Default 1. */
  readonly strides?: readonly number[];
  /** Default 1. */
  readonly dilationRate?: readonly number[];
  /** TensorFlow's 'same' or 'valid', or explicit `[before, after]`, negative for a crop. Default 'valid'. */
  readonly padding?: 'same' | 'valid' | readonly (readonly [before: number, after: number])[];
}

/** The extent of a dilated kernel, holes included: `(kernelSize - 1) dilationRate + 1`. */
export function dilatedSize(kernelSize: number, dilationRate: number): number {
  return (kernelSize - 1) * dilationRate + 1;
}

/**
 * The geometry of one sliding layer, with the output size and the explicit padding that TensorFlow computes.
 *
 * @throws SHAPE_MISMATCH when the lists differ in length or the kernel doesn't fit into the padded input.
 * @throws ARGUMENT_INVALID for sizes, strides or rates that aren't positive integers, and for padding that is
 *   neither 'same', 'valid' nor integers.
 */
export function patchGeometry(options: PatchGeometryOptions): PatchGeometry {
  const { inputSize, kernelSize } = options;
  requireSizes({ inputSize, kernelSize });
  const strides = options.strides ?? inputSize.map(() => 1);
  const dilationRate = options.dilationRate ?? inputSize.map(() => 1);
  requireSizes({ strides, dilationRate });
  requireRank(inputSize.length, { kernelSize, strides, dilationRate });
  const padding = requirePadding(options.padding ?? 'valid', inputSize.length);
  const axes = inputSize.map((length, axis) =>
    padAxis(
      length,
      dilatedSize(kernelSize[axis]!, dilationRate[axis]!),
      strides[axis]!,
      typeof padding === 'string' ? padding : padding[axis]!,
    ),
  );
  return {
    inputSize: [...inputSize],
    outputSize: axes.map(({ outputLength }) => outputLength),
    kernelSize: [...kernelSize],
    strides: [...strides],
    dilationRate: [...dilationRate],
    padding: axes.map(({ before, after }) => [before, after] as const),
  };
}

/** A single window as large as the input; it has no axes where the input has none. */
export function wholeWindow(inputSize: readonly number[]): PatchGeometry {
  const ones = inputSize.map(() => 1);
  return {
    inputSize,
    outputSize: ones,
    kernelSize: inputSize,
    strides: ones,
    dilationRate: ones,
    padding: inputSize.map(() => [0, 0] as const),
  };
}

/** The number of patches that one sample yields: the product of the output size. */
export function positionCount(geometry: PatchGeometry): number {
  return geometry.outputSize.reduce((product, length) => product * length, 1);
}

/** Whether a value is a list of positive integers, such as lengths of axes or strides. */
export function isSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((size) => Number.isInteger(size) && size > 0);
}

/**
 * Whether a value is the padding `[before, after]` of one axis: integers, negative where the input is
 * cropped.
 */
function isBorder(value: unknown): value is readonly [before: number, after: number] {
  return Array.isArray(value) && value.length === 2 && value.every(Number.isInteger);
}

function requireSizes(lists: Record<string, unknown>): void {
  for (const [name, sizes] of Object.entries(lists)) {
    if (isSizes(sizes)) continue;
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      `${name} is ${inWords(sizes)}: a list of positive integers was expected, one for each spatial axis.`,
    );
  }
}

function requireRank(rank: number, lists: Record<string, readonly number[]>): void {
  if (rank !== 1 && rank !== 2) {
    throw new FuseInitError('SHAPE_MISMATCH', `${rank} spatial axes came: windows slide over 1 or 2.`);
  }
  for (const [name, list] of Object.entries(lists)) {
    if (list.length !== rank) {
      throw new FuseInitError(
        'SHAPE_MISMATCH',
        `${name} is [${list}] on an input of ${rank} spatial axes: one entry an axis was expected.`,
      );
    }
  }
}

type Padding = NonNullable<PatchGeometryOptions['padding']>;

function requirePadding(padding: Padding, rank: number): Padding {
  if (padding === 'same' || padding === 'valid') return padding;
  if (!Array.isArray(padding) || !padding.every(isBorder)) {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      `padding is ${inWords(padding)}: 'same', 'valid' or integers [before, after] for each spatial axis were expected.`,
    );
  }
  if (padding.length !== rank) {
    throw new FuseInitError(
      'SHAPE_MISMATCH',
      `padding is ${inWords(padding)} on an input of ${rank} spatial axes: one [before, after] an axis was expected.`,
    );
  }
  return padding;
}

function padAxis(
  length: number,
  extent: number,
  stride: number,
  padding: 'same' | 'valid' | readonly [number, number],
): { outputLength: number; before: number; after: number } {
  if (padding === 'same') {
    const outputLength = Math.ceil(length / stride);
    const before = Math.floor(Math.max((outputLength - 1) * stride + extent - length, 0) / 2);
    return { outputLength, before, after: trailing(outputLength, stride, extent, length, before) };
  }
  const [before, after] = padding === 'valid' ? [0, 0] : padding;
  const outputLength = Math.floor((length + before + after - extent) / stride) + 1;
  if (outputLength < 1) {
    throw new FuseInitError(
      'SHAPE_MISMATCH',
      `A kernel of extent ${extent} doesn't fit into ${length} positions padded by [${before}, ${after}].`,
    );
  }
  return { outputLength, before, after: trailing(outputLength, stride, extent, length, before) };
}

/**
 * The padding after the input with which the last window ends exactly at the padded edge; negative where the
 * end of the input is not read.
 */
export function trailing(
  outputLength: number,
  stride: number,
  extent: number,
  length: number,
  before: number,
): number {
  return (outputLength - 1) * stride + extent - length - before;
}

const sizeLists = ['inputSize', 'outputSize', 'kernelSize', 'strides', 'dilationRate'] as const;

/**
 * The reason why a value is not a valid {@link PatchGeometry}, as the end of a sentence 'its geometry has
 * ...'; undefined for a valid one.
 *
 * Every backend relies on the last window ending at the padded edge. {@link patchGeometry} ensures this, but
 * a geometry that a plugin wrote by hand or changed may not.
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
