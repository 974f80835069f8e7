import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from './problem.js';

/** Writes a problem's arrays as raw float32, and says where they are and what shape they have. */
export function writeProblem(
  folder: string,
  { inputs, targets, count, targetSize, window }: Problem,
): object {
  const write = (name: string, values: Float32Array, shape: readonly number[]) => {
    const file = join(folder, `${name}.f32`);
    writeFileSync(file, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    return { file, shape };
  };
  const { inputSize = [], outputSize = [], kernelSize } = window?.geometry ?? {};
  const width = window ? window.channels : inputs.length / count;
  return {
    inputs: write('inputs', inputs, [count, ...inputSize, width]),
    targets: write('targets', targets, [count, ...outputSize, targetSize]),
    ...(kernelSize && { kernelSize }),
  };
}

/** Raw float64 values. */
export function readValues(file: string): Float64Array {
  const { buffer, byteOffset, byteLength } = readFileSync(file);
  return new Float64Array(buffer.slice(byteOffset, byteOffset + byteLength));
}
