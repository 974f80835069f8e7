import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GoldenCase } from './golden-case.js';

/** The golden cases of a folder, by name of their files. */
export function readGoldenCases(folder: string): GoldenCase[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as GoldenCase);
}
