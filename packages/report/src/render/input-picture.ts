import { pngUrl } from '../chart/png-url.js';
import { rowChart } from '../chart/row-chart.js';
import type { SampleInput } from '../data/sample-report.js';
import { bytesOfBase64 } from '../measure/base64.js';
import { shape } from './format.js';
import { type Html, html } from './html.js';

/** A sample's input: an image as it is, other numbers as bars. */
export function inputPicture(input: SampleInput, alt: string): Html {
  if (input.kind === 'image') {
    const { width, height, channels, pixels } = input;
    const url = pngUrl({ width, height, channels, data: bytesOfBase64(pixels) });
    return html`<img src="${url}" alt="${alt}" width="${width}" height="${height}">`;
  }
  const { values } = input;
  const size = input.shape.reduce((product, length) => product * length, 1);
  const first = values.length < size ? `, the first ${values.length} numbers` : '';
  return rowChart({
    alt: `${alt}: input ${shape(input.shape)}${first}`,
    values,
    width: 112,
    height: 72,
  });
}
