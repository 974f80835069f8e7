import { FuseInitError } from '@fuseinit/core';
import type { io } from '@tensorflow/tfjs';

const valueBytes = new Map([
  ['float32', 4],
  ['int32', 4],
  ['bool', 1],
  ['complex64', 8],
]);
const quantizedBytes = new Map([
  ['uint8', 1],
  ['uint16', 2],
  ['float16', 2],
]);

/**
 * The number of bytes of the values of weights in a weight file.
 *
 * @throws MODEL_FILE_INVALID with the weight whose shape, type or quantization is invalid.
 */
export function weightBytes(specs: readonly io.WeightsManifestEntry[]): number {
  return specs.reduce((sum, spec) => sum + bytesOf(spec), 0);
}

function bytesOf({ name, shape, dtype, quantization }: io.WeightsManifestEntry): number {
  if (!Array.isArray(shape) || !shape.every((length) => Number.isSafeInteger(length) && length >= 0)) {
    throw invalid(name, `has shape ${JSON.stringify(shape)}: whole numbers were expected`);
  }
  const unquantized = valueBytes.get(dtype);
  if (unquantized === undefined) {
    throw invalid(name, `is of type ${dtype}: ${[...valueBytes.keys()].join(', ')} can be read`);
  }
  const size = shape.reduce((product, length) => product * length, 1);
  if (quantization === undefined) return size * unquantized;
  const bytes = quantizedBytes.get(quantization?.dtype);
  if (bytes === undefined) {
    throw invalid(
      name,
      `is quantized to ${quantization?.dtype}: ${[...quantizedBytes.keys()].join(', ')} can be read`,
    );
  }
  if (quantization.dtype === 'float16' ? dtype !== 'float32' : dtype !== 'float32' && dtype !== 'int32') {
    throw invalid(
      name,
      `is of type ${dtype} and quantized to ${quantization.dtype}: TensorFlow.js knows no such thing`,
    );
  }
  if (quantization.dtype !== 'float16' && ![quantization.min, quantization.scale].every(Number.isFinite)) {
    throw invalid(name, `is quantized to ${quantization.dtype} without its min and scale`);
  }
  return size * bytes;
}

function invalid(name: string, what: string): FuseInitError {
  return new FuseInitError('MODEL_FILE_INVALID', `Weight ${name} ${what}. Convert or save the model again.`);
}
