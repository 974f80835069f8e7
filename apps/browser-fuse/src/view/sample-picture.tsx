import { useEffect, useRef } from 'preact/hooks';
import type { SampleSet } from '../protocol.js';

export interface SamplePictureProps {
  readonly set: SampleSet;
  readonly index: number;
  readonly label: string;
}

/** A sample as a picture, its lowest value black and its highest white; one that is no image as a strip. */
export function SamplePicture({ set, index, label }: SamplePictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { height, width, channels } = pictureShape(set.shape);
  useEffect(() => {
    const context = canvas.current!.getContext('2d')!;
    context.putImageData(new ImageData(pixelsOf(set, index, height * width, channels), width, height), 0, 0);
  }, [set, index, height, width, channels]);
  return (
    <figure class="picture">
      <canvas ref={canvas} width={width} height={height} />
      <figcaption>{label}</figcaption>
    </figure>
  );
}

function pictureShape([, ...sample]: readonly number[]) {
  const [height = 1, width = 1, channels = 1] = sample;
  if (sample.length === 3 && [1, 3, 4].includes(channels)) return { height, width, channels };
  const size = sample.reduce((product, length) => product * length, 1);
  return { height: 1, width: size, channels: 1 };
}

function pixelsOf({ values, shape }: SampleSet, index: number, pixels: number, channels: number) {
  const size = shape.slice(1).reduce((product, length) => product * length, 1);
  const sample = values.subarray(index * size, (index + 1) * size);
  const low = sample.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = sample.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const byte = (value: number) => (255 * (value - low)) / (high - low || 1);
  const rgba = new Uint8ClampedArray(pixels * 4).fill(255);
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let color = 0; color < 3; color++) {
      rgba[pixel * 4 + color] = byte(sample[pixel * channels + (channels === 1 ? 0 : color)] ?? low);
    }
  }
  return rgba;
}
