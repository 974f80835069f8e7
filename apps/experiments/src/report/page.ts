import { plainText } from '@fuseinit/markdown';
import { fewestSeeds } from './claims.js';
import type { ExperimentReport } from './experiment-report.js';
import { experimentSection } from './experiment-section.js';
import { formatCount } from './format.js';
import { resamples } from './statistics.js';
import { summarySection } from './summary-section.js';
import type { PageLinks } from './trace-section.js';

/** Writes the page of evidence in Markdown. */
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

/** Describes the protocol that all experiments share, and its limits. */
function protocolSection(): string {
  return [
    '## How it was made',
    'A seed draws a teacher, which is trained. Two or more of its layers become one, which gives a shallower ' +
      "student; every arm trains that same student from another start, on the same samples in the seed's order, for " +
      'as many epochs, with the same optimizer, batches and schedule. Where there are more fusions, the student of ' +
      'one is the teacher of the next.',
    [
      '- _random_: all layers drawn at random. _random, distilled_: trained on the outputs of the teacher beside the labels.',
      "- _inherited_: the fused layer drawn at random, all others the teacher's. It tells what fusion adds from what " +
        'inherited weights give anyway.',
      "- _composed_: the layers multiplied together as if nothing nonlinear stood between them; the others the teacher's.",
      "- _fused, independent_: solved for on calibration samples with each input channel apart, as the paper's " +
        'published code does. _fused_: all channels together. _refitted_: the later layers solved anew as well.',
      '- _fused, refitted, distilled_: the same, trained as _random, distilled_ is.',
    ].join('\n'),
    '**Rates.** Each arm of each stage, and the teacher, has a learning rate of its own, chosen from the same grid: ' +
      'the best mean score on validation samples after the last epoch, over seeds of tuning that count for nothing ' +
      'else. A rate at the edge of the grid is marked: a better one may lie beyond, for or against the arm. ' +
      '_Fused_ in summaries is _fused_ or _fused, refitted_, the better by those same scores, never by the trials.',
    '**Statistics.** Trials have other seeds than tuning. ± is one deviation over them (n − 1). A difference is taken ' +
      `within each seed; its interval is the 95 % percentile bootstrap of the mean over seeds, ${formatCount(resamples)} ` +
      'resamples. _While training_ compares mean scores over all epochs after the start. A claim _holds_ where the ' +
      "interval lies above 0, is _the other way round_ where it lies below, and _can't be told_ where it includes 0, " +
      `or where fewer than ${fewestSeeds} seeds stand behind it. Ratios of deviations are held to 1 in the same way. ` +
      "Intervals of few seeds are too narrow rather than too wide, and what can't be told may still be there.",
    '**What a fused student has had more of.** Its weights come from a teacher that was trained first, on the same ' +
      'samples with their labels. A random student saw none of that. Equal epochs are thus not equal work: a gain over ' +
      'random is a gain for those who have a teacher anyway. Against _inherited_, _composed_ and the distilled arms, ' +
      "which have had the same teacher, the comparison is even. What the teacher's training took stands in each section.",
  ].join('\n\n');
}
