import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { reportData, writeReport } from '../report/write-report.js';
import { publishedExperiments } from './reported.js';

const app = fileURLToPath(new URL('../..', import.meta.url));
const docs = join(app, '../../docs');

/** Writes the page of evidence and its figures, or prints what they are made of. */
export async function reportCommand({
  results = join(app, 'published'),
  json,
}: {
  readonly results: string | undefined;
  readonly json: boolean;
}): Promise<number> {
  const experiments = publishedExperiments();
  if (json) {
    console.log(JSON.stringify(reportData({ experiments, resultsFolder: results }), null, 2));
    return 0;
  }
  const { written } = await writeReport({
    experiments,
    resultsFolder: results,
    page: join(docs, 'evidence.md'),
    figuresFolder: join(docs, 'figures'),
  });
  for (const path of written) console.log(relative(process.cwd(), path));
  return 0;
}
