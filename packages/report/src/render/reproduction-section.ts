import type { FusionReport } from '../data/fusion-report.js';
import { count, number, shape, share } from './format.js';
import { type Html, html } from './html.js';

/** The section says what to run with which options and versions, and how each layer was solved. */
export function reproductionSection({ reproduction, spans, heldOut }: FusionReport): Html {
  const { command, settings, versions } = reproduction;
  const hasSettings = Object.keys(settings).length > 0;
  return html`<section id="reproduce">
<h2>How to reproduce it</h2>
${command !== null && html`<h3>Command</h3><pre><code>${command}</code></pre>`}
${hasSettings && html`<h3>Options</h3><pre><code>${JSON.stringify(settings, null, 2)}</code></pre>`}
${command === null && !hasSettings && html`<p>This report has neither a command nor options.</p>`}
<h3>How the layers were solved</h3>
<div class="scroll"><table>
<caption>Closed form, least squares. Rank: inputs whose weights the data decide.${heldOut && ` Held out: ${share(heldOut.share)} of the calibration samples.`}</caption>
<thead><tr><th scope="col">layer</th><th scope="col">kernel</th><th scope="col" class="n">samples</th><th scope="col" class="n">held out</th><th scope="col" class="n">ridge</th><th scope="col" class="n">rank</th><th scope="col" class="n">condition, at least</th></tr></thead>
<tbody>${spans.map(
    (span) =>
      html`<tr><th scope="row"><code>${span.name}</code></th><td>${kernelWords(span)}</td><td class="n">${count(span.samples)}</td><td class="n">${count(span.heldOutSamples)}</td><td class="n">${number(span.ridge)}</td><td class="n">${count(span.rank)} of ${count(span.patchSize)}</td><td class="n">${span.conditionEstimate.toExponential(1)}</td></tr>\n`,
  )}</tbody>
</table></div>
${
  Object.keys(versions).length > 0 &&
  html`<h3>Versions</h3><dl class="versions">${Object.entries(versions).map(([name, version]) => html`<div><dt>${name}</dt><dd>${version}</dd></div>`)}</dl>`
}
</section>`;
}

function kernelWords({ kernelSize, receptiveField }: FusionReport['spans'][number]): string {
  if (!kernelSize) return 'whole input';
  const whole = receptiveField && receptiveField.join() !== kernelSize.join();
  return `${shape(kernelSize)}${whole ? ` of ${shape(receptiveField)}` : ''}`;
}
