import { type Html, html } from './html.js';

export function warningsSection(warnings: readonly string[]): Html | null {
  if (warnings.length === 0) return null;
  return html`<section class="warnings" aria-labelledby="warnings">
<h2 id="warnings">${warnings.length === 1 ? 'A warning' : `${warnings.length} warnings`}</h2>
<ul>${warnings.map((warning) => html`<li>${warning}</li>`)}</ul>
</section>`;
}
