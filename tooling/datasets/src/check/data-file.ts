import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { attemptRead } from './attempt-read.js';
import { type DataFolder, invalid, missing } from './data-errors.js';
import { requireDigest, sha256Of } from './digest.js';

/**
 * Reads a file of a set, unpacked where its name ends with .gz; a file without the ending will do.
 *
 * @param sha256 Of the unpacked content, hexadecimal, since distributors pack anew; undefined where none is
 * known.
 * @throws DATA_FILE_MISSING saying where to get it and where to put it.
 * @throws DATA_FILE_INVALID when it can't be read or unpacked or isn't the one that is expected.
 */
export function readDataFile(folder: DataFolder, name: string, sha256?: string): Buffer {
  const named = join(folder.path, name);
  const plain = named.replace(/\.gz$/, '');
  const packed = plain === named ? undefined : attemptRead(named, readBytes);
  const content = packed ? unpacked(named, packed) : attemptRead(plain, readBytes);
  if (!content) throw missing(folder, named);
  if (sha256 !== undefined) requireDigest(packed ? named : plain, sha256Of(content), sha256);
  return content;
}

const readBytes = (path: string): Buffer => readFileSync(path);

function unpacked(path: string, content: Buffer): Buffer {
  try {
    return gunzipSync(content);
  } catch (cause) {
    throw invalid(path, `can't be unpacked (${(cause as Error).message}): get it anew.`, cause);
  }
}
