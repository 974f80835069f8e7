/**
 * Pixels as an image file stores them: without colour management, not turned, transparency not multiplied in.
 */
export interface StoredPicture {
  readonly height: number;
  readonly width: number;
  /** [height, width, 4] */
  readonly rgba: Uint8Array;
}
