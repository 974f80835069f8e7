import { planChart, planPoints } from '../chart/plan-chart.js';
import type { FusionReport, PlanPoint } from '../data/fusion-report.js';
import { error, share } from './format.js';
import { type Html, html } from './html.js';

const costs = {
  latency: 'latency',
  parameters: 'parameters',
  multiplyAdds: 'multiply-adds',
  depth: 'layers that multiply',
};

/** The section shows the plan by which the spans were chosen beside what came of it. */
export function planSection(report: FusionReport): Html | null {
  const { plan } = report;
  if (!plan) return null;
  const { budget, front } = plan;
  const cost = costs[plan.cost];
  const points = planPoints(report, plan);
  const rows: [string, PlanPoint | null][] = [
    ['predicted', plan.predicted],
    ['measured', points.student],
  ];
  return html`<section id="plan">
<h2>The plan behind it</h2>
<p>The spans were chosen for ${budget.of === 'share' ? html`at most ${share(budget.most)} of the teacher's ${cost}` : html`a relative MSE of the output of at most ${error(budget.most)}`}. Predictions add up what each span does alone; they rank plans, and measurements decide.</p>
<div class="pair">
<div class="scroll"><table>
<caption>The chosen plan, as it was predicted and as it is in the student of this report.</caption>
<thead><tr><th scope="col"></th><th scope="col" class="n">share of ${cost}</th><th scope="col" class="n">output error</th></tr></thead>
<tbody>${rows.map(
    ([title, point]) =>
      html`<tr><th scope="row">${title}</th><td class="n">${point ? share(point.share) : '–'}</td><td class="n">${point ? error(point.outputRelativeMse) : '–'}</td></tr>\n`,
  )}</tbody>
</table></div>
${
  front.length > 0 &&
  html`<figure>${planChart(plan, points, cost)}
<figcaption><span class="key"><i>○</i> best plans, predicted</span> ${plan.tried.length > 0 && html`<span class="key"><i>□</i> tried, as measured then</span> `}<span class="key"><i>◇</i> the chosen one, predicted</span> ${points.student && html`<span class="key"><i class="solid">■</i> the student</span> `}</figcaption></figure>`
}
</div>
</section>`;
}
