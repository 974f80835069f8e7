import type { FusionReport } from '../data/fusion-report.js';
import { type Edges, edgeLanes } from './edge-lanes.js';
import { type DrawnLayer, foldRows } from './fold-rows.js';
import { amount, shape } from './format.js';
import { type Html, html } from './html.js';
import { layersTable } from './layers-table.js';
import { networkRows } from './network-rows.js';
import { spanFacts } from './span-facts.js';

/** Pixels from one row to the next, as the styles have it. */
const step = 50;
/** Rows that a fused layer must have for its facts to stand in it. */
const rowsForFacts = 3;
/** Between lanes of connections. */
const laneWidth = 9;

/** Both networks side by side, each layer beside what became of it. */
export function networkSection(report: FusionReport): Html {
  const all = networkRows(report);
  const placed = foldRows(all);
  const edges = { teacher: edgeLanes(placed.teacher), student: edgeLanes(placed.student) };
  const gutters = [edges.teacher, edges.student].map(({ lanes }) =>
    lanes === 0 ? 0 : lanes * laneWidth + 8,
  );
  return html`<section id="networks">
<h2>What was fused</h2>
<p>${spanSentences(report)}</p>
<figure class="networks" style="--rows:${placed.rows};--left:${gutters[0]!}px;--right:${gutters[1]!}px" role="group" aria-label="Layers of the teacher beside those of the student">
<h3 class="of-teacher">Teacher${report.given && ', simplified'} <small>${report.teacher.cost.depth} layers that multiply</small></h3>
<h3 class="of-student">Student <small>${report.student.cost.depth} of them</small></h3>
${placed.spans.map(
  ({ row, rows }, index) =>
    html`<span class="band" style="grid-row:${row + 2}/span ${rows}"><b>${index + 1}</b></span>`,
)}
${placed.teacher.map((layer) => box(layer, 'teacher', edges.teacher, report))}
${placed.student.map((layer) => box(layer, 'student', edges.student, report))}
${gutter(edges.teacher, 'teacher', placed.rows, gutters[0]!)}
${gutter(edges.student, 'student', placed.rows, gutters[1]!)}
</figure>
<details class="long">
<summary>All layers as a table</summary>
${layersTable(all)}
</details>
</section>`;
}

function spanSentences({ spans, refits }: FusionReport): Html {
  const became = spans.map(
    ({ layers, name, kernelSize }, index) =>
      html`<b class="number">${index + 1}</b> <code>${layers.join(' + ')}</code> became <code>${name}</code>${kernelSize === null ? '' : ` (${shape(kernelSize)})`}. `,
  );
  const refitted =
    refits.length === 0
      ? 'No other layer was changed.'
      : `Solved anew on what ${refits.length === 1 ? 'it now sees' : 'they now see'}: ${refits.map(({ name }) => name).join(', ')}. The rest is as it was.`;
  return html`${became}${refitted}`;
}

function box(drawn: DrawnLayer, network: string, edges: Edges, report: FusionReport): Html {
  const { layer, row, rows, state, span, count } = drawn;
  const facts = [
    count === 1 ? layer.className : 'as they were',
    shape(layer.outputShape),
    ...(layer.parameters > 0 ? [`${amount(layer.parameters)} parameters`] : []),
  ];
  const name = count === 1 ? layer.name : `${count} layers`;
  const isFusion = span !== null && network === 'student' && report.spans[span]!.name === layer.name;
  const lines = isFusion && rows >= rowsForFacts ? spanFacts(report, span) : [];
  const classes = ['layer', `of-${network}`, count > 1 ? 'folded' : state];
  if (edges.direct.has(row + rows - 1)) classes.push('linked');
  return html`<div class="${classes.join(' ')}" style="grid-row:${row + 2}/span ${rows}" title="${name}: ${facts.join(', ')}">
<strong>${name}</strong>${state === 'refitted' && html` <em>refitted</em>`}
<small>${facts.join(' · ')}</small>
${lines.map((line) => html`<small>${line}</small>`)}
</div>`;
}

/** Connections that pass layers by. */
function gutter({ laned, lanes }: Edges, network: string, rows: number, width: number): Html | null {
  if (lanes === 0) return null;
  const height = rows * step;
  const paths = laned.map(({ from, to, lane }) => {
    const out = 6 + (lane + 0.5) * laneWidth;
    // Left of the teacher's layers, right of the student's.
    const x = (offset: number) => (network === 'teacher' ? width - offset : offset);
    const [start, end] = [from * step + 28, to * step + 16];
    return html`<path d="M${x(0)} ${start}H${x(out - 4)}Q${x(out)} ${start} ${x(out)} ${start + 4}V${end - 4}Q${x(out)} ${end} ${x(out - 4)} ${end}H${x(0)}"/>`;
  });
  return html`<svg class="gutter of-${network}" style="grid-row:2/span ${rows}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" aria-hidden="true">${paths}</svg>`;
}
