import type { Sharp } from 'sharp';

/** Sharp is loaded when there are images to read, so that reading arrays needs no binary for this machine. */
export async function loadSharp(): Promise<(path: string) => Sharp> {
  const { default: sharp } = await import('sharp');
  // Training reads the numbers that are stored: neither TensorFlow nor Pillow applies an embedded colour
  // profile. What libvips merely warns of, such as an odd colour profile, spoils no pixel.
  return (path) => sharp(path, { failOn: 'error', ignoreIcc: true });
}
