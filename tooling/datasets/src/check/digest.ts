import { createHash } from 'node:crypto';
import { invalid } from './data-errors.js';

/** The SHA-256 of content, in hexadecimal. */
export function sha256Of(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** @throws DATA_FILE_INVALID with both digests when they differ. */
export function requireDigest(path: string, came: string, expected: string): void {
  if (came === expected) return;
  throw invalid(path, `isn't the file that was expected: its SHA-256 is ${came}, ${expected} was expected.`);
}
