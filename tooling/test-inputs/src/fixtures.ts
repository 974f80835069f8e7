import { fileURLToPath } from 'node:url';

/** The folder of a saved model of `models`, whose README says where each came from. */
export function modelFolder(name: string): string {
  return fileURLToPath(new URL(`../models/${name}/`, import.meta.url));
}

/** The path of one of `images`, which make-images.py wrote with Pillow. */
export function pillowImage(name: string): string {
  return fileURLToPath(new URL(`../images/${name}`, import.meta.url));
}
