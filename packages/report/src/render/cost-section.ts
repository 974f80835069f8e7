import { latencyChart } from '../chart/latency-chart.js';
import type { FusionReport, NetworkLatency, ReportedNetwork } from '../data/fusion-report.js';
import { amount, bytes, count, ratio, seconds } from './format.js';
import { type Html, html } from './html.js';

/** The costs of storing and running a network. */
interface NetworkCosts {
  readonly title: string;
  readonly cost: ReportedNetwork['cost'];
  readonly latency: NetworkLatency | null;
}

/** The section lists what the networks cost to store and to run, as counted and as measured. */
export function costSection(report: FusionReport): Html {
  const { given, latency } = report;
  const networks = networksOf(report);
  const rows: [string, (network: NetworkCosts) => number | null, (value: number) => string][] = [
    ['layers that multiply', ({ cost }) => cost.depth, count],
    ['parameters', ({ cost }) => cost.parameters, count],
    ['weights in memory', ({ cost }) => cost.bytes, bytes],
    ['multiply-adds a sample', ({ cost }) => cost.multiplyAdds, amount],
  ];
  if (latency) {
    rows.push(['warm latency', (network) => network.latency?.warm.median ?? null, seconds]);
    if (networks.some((network) => network.latency?.first != null))
      rows.push(['first run', (network) => network.latency?.first ?? null, seconds]);
  }
  return html`<section id="costs">
<h2>What it costs</h2>
<div class="pair">
<div class="scroll"><table>
<caption>${latency ? `Latency of a batch of ${latency.batchSize} on ${latency.backend}. Warm: the median of ${count(latency.teacher.warm.count)} and ${count(latency.student.warm.count)} predictions.` : 'No latency was measured: fewer multiply-adds are not always less time.'}${latency?.format === 'graph' && ` Of the ${given ? 'simplified teacher and the student' : 'networks'} as GraphModels.`}${given && ' The ratio is that of the student to the simplified teacher: what simplifying gained is not counted in its favour.'}</caption>
<thead><tr><th scope="col"></th>${networks.map(({ title }) => html`<th scope="col" class="n">${title}</th>`)}<th scope="col" class="n">ratio</th></tr></thead>
<tbody>${rows.map(([title, of, format]) => {
    const values = networks.map(of);
    const [before, after] = values.slice(-2) as [number | null, number | null];
    return html`<tr><th scope="row">${title}</th>${values.map((value) => html`<td class="n">${value === null ? '–' : format(value)}</td>`)}<td class="n">${before && after !== null ? ratio(after / before) : '–'}</td></tr>\n`;
  })}</tbody>
</table></div>
${
  latency &&
  html`<figure>${latencyChart(report)}<figcaption>Bars end at the median; the lines show the spread: ${spreadWords(networks)}.</figcaption></figure>`
}
</div>
</section>`;
}

function networksOf({ given, teacher, student, latency }: FusionReport): NetworkCosts[] {
  return [
    ...(given ? [{ title: 'teacher as given', cost: given.cost, latency: given.latency }] : []),
    { title: given ? 'simplified' : 'teacher', cost: teacher.cost, latency: latency?.teacher ?? null },
    { title: 'student', cost: student.cost, latency: latency?.student ?? null },
  ];
}

function spreadWords(networks: readonly NetworkCosts[]): string {
  return networks
    .flatMap(({ title, latency }) =>
      latency ? [`${title} ${seconds(latency.warm.low)} to ${seconds(latency.warm.high)}`] : [],
    )
    .join(', ');
}
