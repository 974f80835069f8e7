import { fileURLToPath } from 'node:url';

const bench = new URL('../../', import.meta.url);

/** Where a benchmark's results are kept. */
export function resultFile(name: string): string {
  return fileURLToPath(new URL(`results/${name}.json`, bench));
}

/** The page that is written from them. */
export const pageFile = fileURLToPath(new URL('../../docs/performance.md', bench));
