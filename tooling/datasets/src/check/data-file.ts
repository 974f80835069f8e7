import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { FuseInitError } from '@fuseinit/core';
import type { Origin } from '../dataset.js';

/** A folder that holds a data set, and what to tell people whose folder doesn't. */
export interface DataFolder {
  readonly path: string;
  readonly origin: Origin;
}

/**
 * Reads a file of a set, unpacked where its name ends with .gz; a file without the ending will do.
 *
 * @param sha256 Of the unpacked content, hexadecimal, since distributors pack anew; undefined where nobody published one.
 * @throws DATA_FILE_MISSING saying where to get it and where to put it.
 * @throws DATA_FILE_INVALID when it can't be unpacked or isn't the one that was published.
 */
export function readDataFile(folder: DataFolder, name: string, sha256?: string): Buffer {
  const packed = join(folder.path, name);
  const plain = packed.replace(/\.gz$/, '');
  const path = [packed, plain].find((candidate) => existsSync(candidate));
  if (!path) throw missing(folder, packed);
  let content = readFileSync(path);
  if (path.endsWith('.gz')) {
    try {
      content = gunzipSync(content);
    } catch (cause) {
      throw invalid(path, `can't be unpacked (${(cause as Error).message}): get it anew.`, cause);
    }
  }
  if (sha256 !== undefined) requireDigest(path, createHash('sha256').update(content).digest('hex'), sha256);
  return content;
}

/**
 * The digest of many files as one: SHA-256 over a line `name digest` each, by name.
 *
 * @throws DATA_FILE_INVALID when it isn't the one expected.
 */
export function requireFiles(
  folder: DataFolder,
  files: readonly { readonly name: string; readonly content: Buffer }[],
  sha256: string | undefined,
): void {
  if (sha256 === undefined) return;
  const lines = files
    .map(({ name, content }) => `${name} ${createHash('sha256').update(content).digest('hex')}\n`)
    .sort();
  requireDigest(folder.path, createHash('sha256').update(lines.join('')).digest('hex'), sha256);
}

function requireDigest(path: string, came: string, expected: string): void {
  if (came === expected) return;
  throw invalid(path, `isn't what was published: its SHA-256 is ${came}, ${expected} was expected.`);
}

/** An error that says where to get a set and where to put it. */
export function missing({ path, origin }: DataFolder, looked: string): FuseInitError {
  const { title, address, licence, hint } = origin;
  return new FuseInitError(
    'DATA_FILE_MISSING',
    `${looked} isn't there. Get ${title} (${licence}) from ${address}${hint && ` (${hint})`} and put its files into ${path}.`,
  );
}

/** An error about what a file holds. */
export function invalid(path: string, what: string, cause?: unknown): FuseInitError {
  return new FuseInitError('DATA_FILE_INVALID', `${basename(path)} (${path}) ${what}`, { cause });
}
