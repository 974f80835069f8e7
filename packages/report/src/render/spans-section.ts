import { errorKinds, spanChart } from '../chart/span-chart.js';
import type { FusionReport } from '../data/fusion-report.js';
import { count, error } from './format.js';
import { type Html, html } from './html.js';

const errorOrNone = (value: number | null) => (value === null ? '–' : error(value));

/** The section lists the errors of the spans, as a table and a chart, and those of the refitted layers. */
export function spansSection({ spans, refits, samples }: FusionReport): Html {
  const kinds = errorKinds.filter(
    ({ key }) =>
      key === 'final' ||
      spans.some(
        (span) => (key === 'predicted' ? span.predictedRelativeMse : span.heldOutRelativeMse) !== null,
      ),
  );
  return html`<section id="errors">
<h2>How good the fused layers are</h2>
<p>Relative MSE: mean square error of a layer, before its activation, over the variance of what the teacher gives there. 0 is exact, 1 no better than the mean.</p>
<div class="pair">
<div class="scroll"><table>
<caption>Final errors are on ${count(samples)} samples of this report, in the finished student; held-out ones on samples kept apart when it was solved.</caption>
<thead><tr><th scope="col" colspan="2">span</th><th scope="col" class="n">predicted</th><th scope="col" class="n">held-out</th><th scope="col" class="n">final</th></tr></thead>
<tbody>${spans.map(
    (span, index) =>
      html`<tr><td><b class="number">${index + 1}</b></td><th scope="row"><code>${span.name}</code></th><td class="n">${errorOrNone(span.predictedRelativeMse)}</td><td class="n">${errorOrNone(span.heldOutRelativeMse)}${span.heldOutStandardError !== null && html` ± ${error(span.heldOutStandardError)}`}</td><td class="n"><b>${error(span.final.relativeMse)}</b></td></tr>\n`,
  )}</tbody>
</table></div>
<figure>${spanChart(spans)}
<figcaption>${kinds.map(
    ({ glyph, title, filled }) =>
      html`<span class="key"><i${filled && html` class="solid"`}>${glyph}</i> ${title}</span> `,
  )}</figcaption></figure>
</div>
${refits.length > 0 && refitsTable({ refits })}
</section>`;
}

function refitsTable({ refits }: Pick<FusionReport, 'refits'>): Html {
  return html`<div class="scroll"><table>
<caption>Layers after a fusion, solved anew: held-out error with the teacher's weights, and with the new ones. New weights that are no better on held-out samples are not taken.</caption>
<thead><tr><th scope="col">layer</th><th scope="col">class</th><th scope="col" class="n">before</th><th scope="col" class="n">after</th><th scope="col">taken</th></tr></thead>
<tbody>${refits.map(
    (refit) =>
      html`<tr><th scope="row"><code>${refit.name}</code></th><td>${refit.className}</td><td class="n">${errorOrNone(refit.unfittedHeldOutRelativeMse)}</td><td class="n">${errorOrNone(refit.heldOutRelativeMse)}</td><td>${refit.applied ? 'yes' : 'no'}</td></tr>\n`,
  )}</tbody>
</table></div>`;
}
