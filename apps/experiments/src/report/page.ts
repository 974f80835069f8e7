import { plainText } from '@fuseinit/markdown';
import type { ExperimentReport } from './experiment-report.js';
import { experimentSection } from './experiment-section.js';
import type { PageLinks } from './page-links.js';
import { protocolSection } from './protocol-section.js';
import { summarySection } from './summary-section.js';

/** The page of evidence, in Markdown. */
export function page(reports: readonly ExperimentReport[], links: PageLinks): string {
  const run = reports.filter(hasResults);
  const notRun = reports.filter((report) => !hasResults(report));
  const sections = [
    '# Evidence',
    'What networks initialised by fusion gain, over what, and where they gain nothing. The paper ' +
      '([arXiv 2001.10509](https://arxiv.org/abs/2001.10509)) claims that they learn faster and end better than from ' +
      'random weights, that they sometimes equal the deeper network, and that deeper networks depend less on what ' +
      'they were drawn from. `npm run experiments -- report` wrote this page, its words and verdicts included, from ' +
      'lines of results; each section says which.',
    summarySection(run),
    protocolSection(),
    ...run.map((report) => experimentSection(report, links)),
    ...(notRun.length > 0 ? [notRunSection(notRun)] : []),
  ];
  return `${sections.join('\n\n')}\n`;
}

/** Whether any student has been trained. */
function hasResults({ stages }: ExperimentReport): boolean {
  return stages.length > 0;
}

function notRunSection(reports: readonly ExperimentReport[]): string {
  const items = reports.map(({ experiment, notRun }) => {
    const reason = notRun ? `: ${plainText(notRun)}` : '';
    return `- **${experiment.name}** (${plainText(experiment.title)}) stands ready, not run${reason}.`;
  });
  return `## Not run\n\n${items.join('\n')}`;
}
