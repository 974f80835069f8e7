import { type LayerPlugin, mapElements, type NdArray } from '@fuseinit/core';
import { at, build } from './arrays.js';
import { sizesOf } from './config-values.js';
import { elementPlugin, unfusiblePlugin } from './plugin-makers.js';
import { withChannelsLast } from './windows.js';

/** Maps an output position on one axis of an image to the input position that is sampled. */
type Sampling = (output: number, inputLength: number, outputLength: number) => number;

/**
 * Samples the first output pixel at the first input pixel, by TensorFlow 1's default, which TensorFlow.js
 * keeps.
 */
const fromFirstPixel: Sampling = (output, inputLength, outputLength) => (output * inputLength) / outputLength;

/** Samples the first output pixel at the input's first, and the last one at its last. */
const alignedCorners: Sampling = (output, inputLength, outputLength) =>
  outputLength === 1 ? 0 : (output * (inputLength - 1)) / (outputLength - 1);

/**
 * Resizes `image` [batch, height, width, channels]; the four pixels around a sampled position are weighted by
 * their distance.
 */
function resizeBilinear(
  image: NdArray,
  [height, width]: readonly [number, number],
  sampling: Sampling,
): NdArray {
  const [batch, rows, columns, channels] = image.shape as [number, number, number, number];
  return build([batch, height, width, channels], ([sample, row, column, channel]) => {
    const y = sampling(row!, rows, height);
    const x = sampling(column!, columns, width);
    let value = 0;
    for (const [i, ofRow] of neighbours(y, rows))
      for (const [j, ofColumn] of neighbours(x, columns))
        value += ofRow * ofColumn * at(image, [sample!, i, j, channel!]);
    return value;
  });
}

function neighbours(position: number, length: number): [position: number, weight: number][] {
  const before = Math.floor(position);
  const fraction = position - before;
  return [
    [before, 1 - fraction],
    [Math.min(before + 1, length - 1), fraction],
  ];
}

/** Resizes `image` [batch, height, width, channels]; `round` chooses the pixel for a sampled position. */
function resizeNearest(
  image: NdArray,
  [height, width]: readonly [number, number],
  sampling: Sampling,
  round: (position: number) => number,
): NdArray {
  const [batch, rows, columns, channels] = image.shape as [number, number, number, number];
  return build([batch, height, width, channels], ([sample, row, column, channel]) => {
    const y = Math.min(round(sampling(row!, rows, height)), rows - 1);
    const x = Math.min(round(sampling(column!, columns, width)), columns - 1);
    return at(image, [sample!, y, x, channel!]);
  });
}

const upSampling2d = unfusiblePlugin(
  ['UpSampling2D'],
  'it has more positions than its input, which no window that slides gives',
  {
    apply: (layer, input) =>
      withChannelsLast(layer, input, (last, image) => {
        const [rows, columns] = sizesOf(last, 'size', 2, [2, 2]);
        const target = [image.shape[1]! * rows!, image.shape[2]! * columns!] as const;
        return last.config.interpolation === 'bilinear'
          ? resizeBilinear(image, target, fromFirstPixel)
          : resizeNearest(image, target, fromFirstPixel, Math.floor);
      }),
  },
);

const resizing = unfusiblePlugin(
  ['Resizing'],
  'it resizes images, so that positions read windows of several sizes',
  {
    apply({ config }, input) {
      const target = [Number(config.height), Number(config.width)] as const;
      const crops = config.cropToAspectRatio === true;
      const sampling = crops ? fromFirstPixel : alignedCorners;
      return config.interpolation === 'nearest'
        ? resizeNearest(input, target, sampling, crops ? Math.floor : Math.round)
        : resizeBilinear(input, target, sampling);
    },
  },
);

/** Crops by sampling, as tfjs-layers does: columns start at 1 if half of the number cut off rounds to 0. */
function centerCrop(input: NdArray, [height, width]: readonly [number, number]): NdArray {
  const [rows, columns] = [input.shape[1]!, input.shape[2]!];
  const [top, left] = [Math.floor((rows - height) / 2), Math.floor((columns - width) / 2)];
  if (top < 0 || left < 0) return resizeBilinear(input, [height, width], fromFirstPixel);
  const start = columns === width ? 0 : left || 1;
  const from = (first: number, length: number, of: number) => (output: number) =>
    (first / of) * (of - 1) + (length > 1 ? (output * (length / of) * (of - 1)) / (length - 1) : 0);
  const row = from(top, height, rows);
  const column = from(start, width, columns);
  return build([input.shape[0]!, height, width, input.shape[3]!], ([sample, y, x, channel]) => {
    const inside = row(y!) <= rows - 1 && column(x!) <= columns - 1;
    return inside ? at(input, [sample!, Math.round(row(y!)), Math.round(column(x!)), channel!]) : 0;
  });
}

/** Layers that prepare or resize images. */
export const imageLayers: readonly LayerPlugin[] = [
  elementPlugin(['Rescaling'], ({ config }, input) =>
    mapElements(input, (value) => value * Number(config.scale) + Number(config.offset ?? 0)),
  ),
  upSampling2d,
  resizing,
  unfusiblePlugin(['CenterCrop'], 'tfjs-layers crops by sampling, which no window that slides gives', {
    apply: ({ config }, input) => centerCrop(input, [Number(config.height), Number(config.width)]),
  }),
  unfusiblePlugin(['RandomWidth'], 'its output has a random width, at inference too'),
];
