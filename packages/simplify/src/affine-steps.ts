import {
  type AffineForm,
  type AffineStep,
  type ChannelStep,
  type DenseStep,
  fullKernel,
  sizeOf,
  type WindowStep,
} from '@fuseinit/core';

/** The shape of one sample, without the batch; null where a length is open. */
export type SampleShape = readonly (number | null)[];

/** The length that open lengths count as when work is compared. */
const openLength = 64;

/** The number of elements of a sample, with open lengths counted as 64. */
export function elementsOf(shape: SampleShape): number {
  return sizeOf(shape.map((length) => length ?? openLength));
}

/** The output shape of a step from its input shape. */
export function shapeAfter(step: AffineStep, shape: SampleShape): SampleShape {
  if (step.kind === 'channels') return shape;
  if (step.kind === 'dense') return [...shape.slice(0, -1), step.bias.length];
  const lengths = shape.slice(0, -1).map((length, axis) => {
    if (length === null) return null;
    const [kernel, stride] = [step.kernelSize[axis]!, step.strides[axis]!];
    if (step.kind === 'transposed')
      return step.padding === 'same' ? length * stride : length * stride + Math.max(kernel - stride, 0);
    if (step.padding === 'same') return Math.ceil(length / stride);
    return Math.floor((length - extentOf(step, axis)) / stride) + 1;
  });
  return [...lengths, step.bias.length];
}

/**
 * Composes steps into as few as possible, wherever composing two costs neither more work nor more weights;
 * exact except for rounding.
 *
 * @param shape The shape of the input.
 */
export function composeAll(steps: readonly AffineStep[], shape: SampleShape): readonly AffineStep[] {
  const done: { step: AffineStep; shape: SampleShape }[] = [];
  let reached = shape;
  for (const next of steps) {
    let [step, from] = [next, reached];
    for (;;) {
      const last = done.at(-1);
      const composed = last && composeSteps(last.step, step, last.shape);
      if (!last || !composed) break;
      done.pop();
      [step, from] = [composed, last.shape];
    }
    done.push({ step, shape: from });
    reached = shapeAfter(next, reached);
  }
  return done.map(({ step }) => step);
}

/**
 * Composes two steps into one; null where that isn't exact, can't be expressed as a step, or takes more work
 * or weights than the two.
 *
 * @param shape The shape of the first step's input.
 */
function composeSteps(first: AffineStep, second: AffineStep, shape: SampleShape): AffineStep | null {
  if (second.kind === 'channels') return channelsAfter(first, second);
  if (first.kind === 'channels') return channelsBefore(first, second, shape);
  if (first.kind === 'transposed' || second.kind === 'transposed') return null;
  if (first.kind === 'dense' && second.kind === 'dense') return denseAfterDense(first, second);
  const rank = shape.length - 1;
  return windowAfterWindow(asWindow(first, rank), asWindow(second, rank), shape);
}

/** Multiplies a scale and a shift of a step's outputs into the step, which is always exact. */
function channelsAfter(first: AffineStep, { scale, shift }: ChannelStep): AffineStep {
  const scaled = (values: Float64Array) => values.map((value, at) => value * scale[at]! + shift[at]!);
  if (first.kind === 'channels') {
    return {
      ...first,
      scale: first.scale.map((value, at) => value * scale[at]!),
      shift: scaled(first.shift),
    };
  }
  const { kernel, bias } = first;
  const filters = bias.length;
  // The output axis is the last axis of a kernel, except for a transposed convolution, where it is the second
  // to last.
  const run = first.kind === 'transposed' ? kernel.shape.at(-1)! : 1;
  const data = kernel.data.map((value, at) => value * scale[Math.floor(at / run) % filters]!);
  return { ...first, kernel: { shape: kernel.shape, data }, bias: scaled(bias) };
}

/**
 * Multiplies a scale and a shift of a step's inputs into the step. The shift must be 0 where the step pads
 * its input with zeros, since the padding isn't shifted, and before a transposed convolution, whose outputs
 * read different numbers of inputs.
 */
function channelsBefore(
  { scale, shift }: ChannelStep,
  second: Exclude<AffineStep, ChannelStep>,
  shape: SampleShape,
): AffineStep | null {
  const shifts = shift.some((value) => value !== 0);
  const { kernel } = second;
  if (second.kind === 'transposed') {
    if (shifts) return null;
    const data = kernel.data.map((value, at) => value * scale[at % scale.length]!);
    return { ...second, kernel: { shape: kernel.shape, data } };
  }
  if (shifts && second.kind === 'window' && !padsNothing(second, shape)) return null;
  const groups = second.kind === 'window' ? second.groups : 1;
  const filters = second.bias.length;
  const perGroup = scale.length / groups;
  const bias = second.bias.slice();
  const data = kernel.data.map((value, at) => {
    const filter = at % filters;
    const within = Math.floor(at / filters) % perGroup;
    const channel = Math.floor((filter * groups) / filters) * perGroup + within;
    bias[filter]! += value * shift[channel]!;
    return value * scale[channel]!;
  });
  return { ...second, kernel: { shape: kernel.shape, data }, bias };
}

/** Composes two matrices into their product; null where that has more weights than the two. */
function denseAfterDense(first: DenseStep, second: DenseStep): DenseStep | null {
  const [inputs = 0, inner = 0] = first.kernel.shape;
  const outputs = second.bias.length;
  if (inputs * outputs > inner * (inputs + outputs)) return null;
  const data = new Float64Array(inputs * outputs);
  addProduct(data, first.kernel.data, second.kernel.data, [inputs, inner, outputs]);
  const bias = second.bias.slice();
  addProduct(bias, first.bias, second.kernel.data, [1, inner, outputs]);
  return { kind: 'dense', kernel: { shape: [inputs, outputs], data }, bias };
}

/**
 * Composes two convolutions into one with the receptive field of both. This is exact where the second doesn't
 * pad, since its padding would replace values that the composed one computes; or where the first has a 1x1
 * kernel without a bias, so that zeros stay zeros. The composed padding must be one that a layer can have:
 * that of the other convolution if one has a 1x1 kernel and stride 1; otherwise neither may pad.
 *
 * Null where it isn't exact, and where it takes more work or weights than the two.
 */
function windowAfterWindow(first: WindowStep, second: WindowStep, shape: SampleShape): WindowStep | null {
  const between = shapeAfter(first, shape);
  const secondPadsNothing = padsNothing(second, between);
  const firstIsPoint = isPoint(first);
  if (!secondPadsNothing && !(firstIsPoint && first.bias.every((value) => value === 0))) return null;
  const padding = firstIsPoint
    ? second.padding
    : isPoint(second)
      ? first.padding
      : padsNothing(first, shape)
        ? 'valid'
        : null;
  if (padding === null) return null;
  const strides = first.strides.map((stride, axis) => stride * second.strides[axis]!);
  const mayKeepHoles = strides.every((stride) => stride === 1);
  const axes = strides.map((_, axis) => {
    const [one, two] = [extentOf(first, axis), extentOf(second, axis)];
    const step = first.strides[axis]!;
    const holes = two === 1 ? first.dilationRate[axis]! : one === 1 ? second.dilationRate[axis]! : 1;
    const dilation = mayKeepHoles ? holes : 1;
    return { dilation, size: (one - 1 + step * (two - 1)) / dilation + 1 };
  });
  const kernelSize = axes.map(({ size }) => size);
  const channels = shape.at(-1)!;
  const inner = first.bias.length;
  const outputs = second.bias.length;
  const apart = [first, second].every(
    ({ groups, bias }) => groups === channels && bias.length === channels && groups > 1,
  );
  const weights = sizeOf(kernelSize) * (apart ? 1 : channels) * outputs;
  const { kernel: firstKernel } = first;
  const { kernel: secondKernel } = second;
  const positions = (of: SampleShape) => elementsOf(of.slice(0, -1));
  const after = shapeAfter(second, between);
  const workOfTwo =
    firstKernel.data.length * positions(between) + secondKernel.data.length * positions(after);
  if (weights * positions(after) > workOfTwo) return null;
  if (weights > firstKernel.data.length + secondKernel.data.length) return null;

  const [one, two] = apart
    ? [firstKernel.data, secondKernel.data]
    : [fullKernel(first).data, fullKernel(second).data];
  const data = new Float64Array(weights);
  const block = apart ? channels : channels * outputs;
  const firstBlock = apart ? channels : channels * inner;
  const secondBlock = apart ? channels : inner * outputs;
  for (const [tap, at] of taps(first.kernelSize)) {
    for (const [secondTap, secondAt] of taps(second.kernelSize)) {
      const place = kernelSize.reduce((sum, size, axis) => {
        const offset =
          at[axis]! * first.dilationRate[axis]! +
          secondAt[axis]! * second.dilationRate[axis]! * first.strides[axis]!;
        return sum * size + offset / axes[axis]!.dilation;
      }, 0);
      const into = data.subarray(place * block, (place + 1) * block);
      const left = one.subarray(tap * firstBlock, (tap + 1) * firstBlock);
      const right = two.subarray(secondTap * secondBlock, (secondTap + 1) * secondBlock);
      if (!apart) addProduct(into, left, right, [channels, inner, outputs]);
      else for (let c = 0; c < channels; c++) into[c]! += left[c]! * right[c]!;
    }
  }
  const bias = second.bias.slice();
  for (let tap = 0; tap < sizeOf(second.kernelSize); tap++) {
    const right = two.subarray(tap * secondBlock, (tap + 1) * secondBlock);
    if (!apart) addProduct(bias, first.bias, right, [1, inner, outputs]);
    else for (let c = 0; c < channels; c++) bias[c]! += first.bias[c]! * right[c]!;
  }
  return {
    kind: 'window',
    kernelSize,
    strides,
    dilationRate: axes.map(({ dilation }) => dilation),
    padding,
    groups: apart ? channels : 1,
    kernel: { shape: [...kernelSize, apart ? 1 : channels, outputs], data },
    bias,
  };
}

/**
 * Converts a matrix over channels to a convolution with a 1x1 kernel, and a scale and shift of channels to a
 * depthwise one.
 */
export function asWindow(step: WindowStep | DenseStep | ChannelStep, rank: number): WindowStep {
  if (step.kind === 'window') return step;
  const ones = Array.from({ length: rank }, () => 1);
  const place = {
    kind: 'window',
    kernelSize: ones,
    strides: ones,
    dilationRate: ones,
    padding: 'valid',
  } as const;
  if (step.kind === 'channels') {
    const { scale, shift } = step;
    const kernel = { shape: [...ones, 1, scale.length], data: scale };
    return { ...place, groups: scale.length, kernel, bias: shift };
  }
  const kernel = { shape: [...ones, ...step.kernel.shape], data: step.kernel.data };
  return { ...place, groups: 1, kernel, bias: step.bias };
}

/** Whether a step is exactly the identity. */
export function isIdentityStep(step: AffineStep): boolean {
  if (step.kind !== 'channels') return false;
  return step.scale.every((value) => value === 1) && step.shift.every((value) => value === 0);
}

/** Whether all weights of a form are finite. */
export function isFiniteForm({ steps }: AffineForm): boolean {
  return steps.every((step) => {
    const arrays = step.kind === 'channels' ? [step.scale, step.shift] : [step.kernel.data, step.bias];
    return arrays.every((values) => values.every(Number.isFinite));
  });
}

/** Whether no window reads beyond an input of this shape. */
function padsNothing(step: WindowStep, shape: SampleShape): boolean {
  if (step.padding === 'valid') return true;
  return step.kernelSize.every((_, axis) => {
    const extent = extentOf(step, axis);
    if (extent === 1) return true;
    const length = shape[axis]!;
    if (length === null) return false;
    const stride = step.strides[axis]!;
    return (Math.ceil(length / stride) - 1) * stride + extent <= length;
  });
}

/** The extent of a window along an axis, including dilation. */
export function extentOf(step: WindowStep, axis: number): number {
  return (step.kernelSize[axis]! - 1) * step.dilationRate[axis]! + 1;
}

function isPoint({ kernelSize, strides }: WindowStep): boolean {
  return [...kernelSize, ...strides].every((size) => size === 1);
}

/** The positions of a kernel with their indices. */
function* taps(kernelSize: readonly number[]): Generator<readonly [number, readonly number[]]> {
  for (let tap = 0; tap < sizeOf(kernelSize); tap++) {
    let rest = tap;
    const at = kernelSize.map(() => 0);
    for (let axis = kernelSize.length - 1; axis >= 0; axis--) {
      at[axis] = rest % kernelSize[axis]!;
      rest = Math.floor(rest / kernelSize[axis]!);
    }
    yield [tap, at];
  }
}

/** Adds left [rows, inner] times right [inner, columns] to `into` [rows, columns]. */
function addProduct(
  into: Float64Array,
  left: Float64Array,
  right: Float64Array,
  [rows, inner, columns]: readonly [number, number, number],
): void {
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < inner; k++) {
      const value = left[row * inner + k]!;
      for (let column = 0; column < columns; column++)
        into[row * columns + column]! += value * right[k * columns + column]!;
    }
  }
}
