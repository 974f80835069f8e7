import type { PatchGeometry } from '@fuseinit/core';

/** A window on one axis. */
export interface WindowAxis {
  readonly inputSize: number;
  readonly outputSize: number;
  readonly kernelSize: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
}

/** A geometry as rows and columns; a 1-D one is a single row. */
export function windowAxes(geometry: PatchGeometry): readonly [rows: WindowAxis, columns: WindowAxis] {
  const axes = geometry.inputSize.map((inputSize, axis) => ({
    inputSize,
    outputSize: geometry.outputSize[axis]!,
    kernelSize: geometry.kernelSize[axis]!,
    stride: geometry.strides[axis]!,
    dilation: geometry.dilationRate[axis]!,
    before: geometry.padding[axis]![0],
  }));
  const single = { inputSize: 1, outputSize: 1, kernelSize: 1, stride: 1, dilation: 1, before: 0 };
  return axes.length === 1 ? [single, axes[0]!] : [axes[0]!, axes[1]!];
}

/** The input position that a tap reads at an output position; -1 outside the input. */
export function positionRead(axis: WindowAxis, output: number, tap: number): number {
  const at = output * axis.stride + tap * axis.dilation - axis.before;
  return at >= 0 && at < axis.inputSize ? at : -1;
}
