import type { Sharp } from 'sharp';
import { invalid } from '../data-errors.js';

/** What an image tells about itself. */
export interface ImageHeader {
  readonly height: number;
  readonly width: number;
  readonly hasColour: boolean;
  /** Whether it stores inks, as JPEGs for print do. */
  readonly isCmyk: boolean;
}

/** @throws DATA_FILE_INVALID for what is neither PNG nor JPEG, whatever its name says. */
export async function readImageHeader(path: string, image: Sharp): Promise<ImageHeader> {
  const { format, height, width, space } = await image.metadata();
  if (format !== 'png' && format !== 'jpeg') {
    throw invalid(path, `is of format ${format}: PNG or JPEG was expected. Convert it.`);
  }
  return { height, width, hasColour: space !== 'b-w' && space !== 'grey16', isCmyk: space === 'cmyk' };
}
