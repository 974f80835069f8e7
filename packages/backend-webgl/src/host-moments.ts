import {
  type BackendAdapter,
  createMomentsAccumulator,
  type NdArray,
  ndArray,
  type PatchGeometry,
  patchLayout,
  referenceBackend,
} from '@fuseinit/core';
import type { DeviceBackendOptions, Tensor } from '@fuseinit/tfjs';

/** Numbers in the patches that are written out at a time: 32 MiB in float64. */
const chunkSize = 2 ** 22;

/**
 * Downloads batches and sums them in float64 in JavaScript: for devices whose own sums would be too coarse.
 */
export function createHostMoments({
  name,
  read,
  requireDevice,
}: Required<Pick<DeviceBackendOptions, 'name' | 'read' | 'requireDevice'>>): BackendAdapter<Tensor> {
  const download = async (tensor: Tensor): Promise<NdArray> => ndArray(tensor.shape, await read(tensor));
  return {
    specVersion: 1,
    name,
    floatPrecision: 16,
    maxTensorSize: Number.POSITIVE_INFINITY,
    read,
    requireDevice,
    async patchMoments(input, target, geometry) {
      const { batch, rows, patchSize, outFeatures } = patchLayout(input.shape, target.shape, geometry);
      const [inputs, targets] = [await download(input), await download(target)];
      const sum = createMomentsAccumulator(patchSize, outFeatures);
      const numbers = (rows / batch) * patchSize;
      for (const piece of piecesOf(inputs, targets, geometry, numbers)) {
        sum.merge(referenceBackend.patchMoments(piece.input, piece.target, piece.geometry));
        // The page has its turn, and so have progress and whoever aborts.
        await new Promise((resolve) => setTimeout(resolve));
      }
      return sum.moments();
    },
  };
}

interface Piece {
  readonly input: NdArray;
  readonly target: NdArray;
  readonly geometry: PatchGeometry | null;
}

/**
 * Some samples at a time, or of one sample some output rows: so that the patches of a piece aren't too many.
 */
function* piecesOf(
  inputs: NdArray,
  targets: NdArray,
  geometry: PatchGeometry | null,
  numbersPerSample: number,
): Generator<Piece> {
  const batch = inputs.shape[0]!;
  if (!geometry || numbersPerSample <= chunkSize) {
    const count = Math.max(1, Math.floor(chunkSize / numbersPerSample));
    for (let start = 0; start < batch; start += count) {
      const end = Math.min(batch, start + count);
      yield { input: samples(inputs, start, end), target: samples(targets, start, end), geometry };
    }
    return;
  }
  const height = geometry.outputSize[0]!;
  const count = Math.max(1, Math.floor((chunkSize * height) / numbersPerSample));
  for (let sample = 0; sample < batch; sample++) {
    const [input, target] = [samples(inputs, sample, sample + 1), samples(targets, sample, sample + 1)];
    const rowSize = target.data.length / height;
    for (let first = 0; first < height; first += count) {
      const rows = Math.min(count, height - first);
      yield {
        input,
        target: {
          shape: [1, rows, ...target.shape.slice(2)],
          data: target.data.subarray(first * rowSize, (first + rows) * rowSize),
        },
        geometry: outputRows(geometry, first, rows),
      };
    }
  }
}

/** The window over some output rows alone: the rows before them are cropped off, or less is padded. */
function outputRows(geometry: PatchGeometry, first: number, rows: number): PatchGeometry {
  const [[before, after], ...others] = geometry.padding as [
    PatchGeometry['padding'][0],
    ...PatchGeometry['padding'],
  ];
  return {
    ...geometry,
    outputSize: [rows, ...geometry.outputSize.slice(1)],
    padding: [[before! - first * geometry.strides[0]!, after!], ...others],
  };
}

function samples({ shape, data }: NdArray, start: number, end: number): NdArray {
  const size = data.length / shape[0]!;
  return { shape: [end - start, ...shape.slice(1)], data: data.subarray(start * size, end * size) };
}
