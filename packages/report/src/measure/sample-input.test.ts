import { expect, test } from 'vitest';
import { bytesOfBase64, imageOf } from './sample-input.js';

const bytesOf = (image: ReturnType<typeof imageOf>) => Array.from(bytesOfBase64(image.pixels));

test('the range becomes 0 to 255, and what lies outside is clamped', () => {
  const image = imageOf([-1, 0, 1, 3], { height: 2, width: 2, channels: 1 }, [-1, 1]);
  expect(bytesOf(image)).toEqual([0, 128, 255, 255]);
});

test('colours stay apart', () => {
  expect(bytesOf(imageOf([0, 0.2, 1], { height: 1, width: 1, channels: 3 }, [0, 1]))).toEqual([0, 51, 255]);
});

test('long sides are averaged down by one factor', () => {
  const data = Float32Array.from({ length: 128 * 65 }, (_, index) => index % 2);
  const image = imageOf(data, { height: 65, width: 128, channels: 1 }, [0, 1]);
  expect([image.width, image.height]).toEqual([64, 33]);
  expect(new Set(bytesOf(image))).toEqual(new Set([128]));
});

test('a flat image is black', () => {
  expect(bytesOf(imageOf([7], { height: 1, width: 1, channels: 1 }, [7, 7]))).toEqual([0]);
});
