import type { FusionReport } from '../data/fusion-report.js';
import type { SampleReport } from '../data/sample-report.js';
import { className } from './class-name.js';
import { disagreementWords } from './disagreement-words.js';
import { error, number } from './format.js';
import { type Html, html } from './html.js';
import { inputPicture } from './input-picture.js';
import { outputTable } from './output-table.js';

/** The samples on which both networks differ most. */
export function samplesSection(report: FusionReport): Html {
  const { disagreements } = report;
  return html`<section id="samples">
<h2>Where the networks disagree most</h2>
<p>${disagreementWords(report)}</p>
${disagreements.length > 0 && html`<ol class="samples">${disagreements.map((sample) => card(sample, report))}</ol>`}
</section>`;
}

function card(sample: SampleReport, { answers, classNames }: FusionReport): Html {
  const { index, label, disagreement, inputs } = sample;
  const told =
    label === null
      ? null
      : answers?.kind === 'classes'
        ? className(classNames, label)
        : `label ${number(label)}`;
  return html`<li>
${inputs.map((input) => inputPicture(input, `Sample ${index}${told === null ? '' : `, ${told}`}`))}
<div><p><b>${told ?? `sample ${index}`}</b> <small>${told === null ? '' : `sample ${index}, `}disagreement ${error(disagreement)}</small></p>
${outputTable(sample, answers?.kind === 'classes' ? (index) => className(classNames, index) : null)}</div>
</li>
`;
}
