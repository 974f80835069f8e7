import type { FusionReport } from './data/fusion-report.js';
import { answersSection } from './render/answers-section.js';
import { costSection } from './render/cost-section.js';
import { Html, html } from './render/html.js';
import { networkSection } from './render/network-section.js';
import { placesSection } from './render/places-section.js';
import { planSection } from './render/plan-section.js';
import { reproductionSection } from './render/reproduction-section.js';
import { samplesSection } from './render/samples-section.js';
import { spansSection } from './render/spans-section.js';
import { styles } from './render/styles.js';
import { summarySection } from './render/summary-section.js';
import { verdict } from './render/verdict.js';

/** Even if some text slipped through the escaping, the page runs no script and requests nothing. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/**
 * Renders a report as one HTML page with its styles, charts and images and without scripts. Equal reports
 * give equal pages.
 */
export function renderReport(report: FusionReport): string {
  const title =
    report.spans.length === 0
      ? `${report.teacher.name} and ${report.student.name}`
      : `Fusion of ${report.teacher.name}`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="@fuseinit/report">
<title>${title}</title>
<style>${new Html(styles)}</style>
</head>
<body>
<main>
<header>
<p class="kicker">FuseInit report${report.createdAt !== null && html` · <time datetime="${report.createdAt}">${report.createdAt}</time>`}</p>
<h1>${title}</h1>
<p class="verdict">${verdict(report)}</p>
${summarySection(report)}
</header>
${warningsSection(report.warnings)}
${networkSection(report)}
${costSection(report)}
${planSection(report)}
${answersSection(report)}
${spansSection(report)}
${placesSection(report)}
${samplesSection(report)}
${reproductionSection(report)}
</main>
</body>
</html>
`.text;
}

function warningsSection(warnings: readonly string[]): Html | null {
  if (warnings.length === 0) return null;
  return html`<section class="warnings" aria-labelledby="warnings">
<h2 id="warnings">${warnings.length === 1 ? 'A warning' : `${warnings.length} warnings`}</h2>
<ul>${warnings.map((warning) => html`<li>${warning}</li>`)}</ul>
</section>`;
}
