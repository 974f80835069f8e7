import { basename } from 'node:path';
import { FuseInitError } from '@fuseinit/core';
import type { Origin } from '../dataset.js';

/** A folder that holds a data set, and what to tell people whose folder doesn't. */
export interface DataFolder {
  readonly path: string;
  readonly origin: Origin;
}

/** An error that says where to get a set and where to put it. */
export function missing({ path, origin }: DataFolder, looked: string): FuseInitError {
  const { title, address, licence, hint } = origin;
  return new FuseInitError(
    'DATA_FILE_MISSING',
    `${looked} isn't there. Get ${title} (${licence}) from ${address}${hint && ` (${hint})`} and put its files into ${path}.`,
  );
}

/** An error about what a file or a folder holds. */
export function invalid(path: string, what: string, cause?: unknown): FuseInitError {
  return new FuseInitError(
    'DATA_FILE_INVALID',
    `${basename(path)} (${path}) ${what}`,
    cause === undefined ? {} : { cause },
  );
}
