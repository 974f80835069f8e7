import type { Sharp } from 'sharp';

/** Loaded when there are images to read: who reads arrays needs no binary for this machine. */
export async function loadSharp(): Promise<(path: string) => Sharp> {
  const { default: sharp } = await import('sharp');
  // What libvips merely warns of, such as an odd colour profile, spoils no pixel.
  return (path) => sharp(path, { failOn: 'error' });
}
