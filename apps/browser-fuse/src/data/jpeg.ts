import type { StoredPicture } from './stored-picture.js';

const markers = { exif: 0xe1, profile: 0xe2, startOfScan: 0xda };
/** Start of frame, but for DHT, JPG and DAC, which stand among them. */
const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/**
 * The pixels that a JPEG stores. The browser decodes it without its colour profile and its EXIF, so that
 * every browser leaves the colours as they are and doesn't turn the picture, as Pillow does.
 *
 * @throws Error for a damaged file, or one of inks, which browsers turn into colours otherwise than Pillow.
 */
export async function readJpeg(file: Uint8Array<ArrayBuffer>): Promise<StoredPicture> {
  const blob = new Blob(partsOf(file), { type: 'image/jpeg' });
  const bitmap = await createImageBitmap(blob, { colorSpaceConversion: 'none', premultiplyAlpha: 'none' });
  try {
    const { height, width } = bitmap;
    // A JPEG is opaque: a canvas gives its pixels back unchanged.
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
    context.drawImage(bitmap, 0, 0);
    return { height, width, rgba: new Uint8Array(context.getImageData(0, 0, width, height).data.buffer) };
  } finally {
    bitmap.close();
  }
}

/** The parts of the file without the segments that would change its pixels. */
function partsOf(file: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const parts = [file.subarray(0, 2)];
  let start = 2;
  while (start + 4 <= file.length && file[start] === 0xff) {
    const marker = file[start + 1]!;
    if (marker === markers.startOfScan) break;
    const end = start + 2 + view.getUint16(start + 2);
    if (isFrame(marker) && file[start + 9] === 4) {
      throw new Error(
        'it stores inks (CMYK): convert it to RGB, or give it to the command line, which reads them',
      );
    }
    if (marker !== markers.exif && marker !== markers.profile) parts.push(file.subarray(start, end));
    start = end;
  }
  return [...parts, file.subarray(start)];
}
