import { latencyChart } from '../chart/latency-chart.js';
import type { FusionReport } from '../data/fusion-report.js';
import type { LatencyReport } from '../data/latency-report.js';
import { amount, bytes, count, ratio, seconds } from './format.js';
import { type Html, html } from './html.js';

/** What both networks cost to hold and to run, exactly and as measured. */
export function costSection({ teacher, student, latency }: FusionReport): Html {
  const rows: [string, number, number, (value: number) => string][] = [
    ['layers that multiply', teacher.cost.depth, student.cost.depth, count],
    ['parameters', teacher.cost.parameters, student.cost.parameters, count],
    ['weights in memory', teacher.cost.bytes, student.cost.bytes, bytes],
    ['multiply-adds a sample', teacher.cost.multiplyAdds, student.cost.multiplyAdds, amount],
    ...(latency ? latencyRows(latency) : []),
  ];
  return html`<section id="costs">
<h2>What it costs</h2>
<div class="pair">
<div class="scroll"><table>
<caption>${latency ? `Latency of a batch of ${latency.batchSize} on ${latency.backend}. Warm: the median of ${count(latency.teacher.warm.count)} and ${count(latency.student.warm.count)} predictions.` : 'No latency was measured: fewer multiply-adds are not always less time.'}</caption>
<thead><tr><th scope="col"></th><th scope="col" class="n">teacher</th><th scope="col" class="n">student</th><th scope="col" class="n">ratio</th></tr></thead>
<tbody>${rows.map(
    ([title, before, after, told]) =>
      html`<tr><th scope="row">${title}</th><td class="n">${told(before)}</td><td class="n">${told(after)}</td><td class="n">${before === 0 ? '–' : ratio(after / before)}</td></tr>\n`,
  )}</tbody>
</table></div>
${
  latency &&
  html`<figure>${latencyChart(latency)}<figcaption>Bars end at the median; the lines show the spread: ${spreadWords(latency)}.</figcaption></figure>`
}
</div>
</section>`;
}

function latencyRows({ teacher, student }: LatencyReport): [string, number, number, typeof seconds][] {
  return [
    ['warm latency', teacher.warm.median, student.warm.median, seconds],
    ['first run', teacher.first, student.first, seconds],
  ];
}

function spreadWords(latency: LatencyReport): string {
  return (['teacher', 'student'] as const)
    .map(
      (network) =>
        `${network} ${seconds(latency[network].warm.low)} to ${seconds(latency[network].warm.high)}`,
    )
    .join(', ');
}
