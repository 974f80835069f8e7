import type { FusionReport, ReportedNetwork } from '../data/fusion-report.js';
import { amount, count, error, shape } from './format.js';
import { type Html, html } from './html.js';
import {
  type DrawnLayer,
  foldRows,
  type NetworkRows,
  networkRows,
  type PlacedLayer,
} from './network-rows.js';

/** The height of a row in pixels, which equals that in the styles. */
const step = 50;
/** The least number of rows in which the facts of a fused layer fit. */
const rowsForFacts = 3;
/** The distance between lanes of connections in pixels. */
const laneWidth = 9;

/** The section draws both networks side by side, each fused layer beside the layers that it replaces. */
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
  const spanTexts = spans.map(
    ({ layers, name, kernelSize }, index) =>
      html`<b class="number">${index + 1}</b> <code>${layers.join(' + ')}</code> became <code>${name}</code>${kernelSize === null ? '' : ` (${shape(kernelSize)})`}. `,
  );
  const refitted =
    refits.length === 0
      ? 'No other layer was changed.'
      : `Solved anew on what ${refits.length === 1 ? 'it now sees' : 'they now see'}: ${refits.map(({ name }) => name).join(', ')}. The rest is as it was.`;
  return html`${spanTexts}${refitted}`;
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

/** Draws the connections that skip layers. */
function gutter({ laned, lanes }: Edges, network: string, rows: number, width: number): Html | null {
  if (lanes === 0) return null;
  const height = rows * step;
  const paths = laned.map(({ from, to, lane }) => {
    const out = 6 + (lane + 0.5) * laneWidth;
    // The lanes are left of the teacher's layers and right of the student's.
    const x = (offset: number) => (network === 'teacher' ? width - offset : offset);
    const [start, end] = [from * step + 28, to * step + 16];
    return html`<path d="M${x(0)} ${start}H${x(out - 4)}Q${x(out)} ${start} ${x(out)} ${start + 4}V${end - 4}Q${x(out)} ${end} ${x(out - 4)} ${end}H${x(0)}"/>`;
  });
  return html`<svg class="gutter of-${network}" style="grid-row:2/span ${rows}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" aria-hidden="true">${paths}</svg>`;
}

/** The table says in words and numbers what the drawing shows. */
function layersTable({ rows, teacher, student }: NetworkRows): Html {
  const at = (layers: readonly PlacedLayer[], row: number) => layers.find((placed) => placed.row === row);
  return html`<div class="scroll"><table>
<caption>Layers in an order in which they can be run. Multiply-adds are per sample.</caption>
<thead><tr><th scope="col">teacher</th><th scope="col">class</th><th scope="col">output</th><th scope="col" class="n">parameters</th><th scope="col" class="n">multiply-adds</th><th scope="col">student</th><th scope="col" class="n">parameters</th><th scope="col" class="n">multiply-adds</th><th scope="col">became</th></tr></thead>
<tbody>
${Array.from({ length: rows }, (_, row) => {
  const before = at(teacher, row);
  const after = at(student, row);
  const span = before?.span ?? after?.span ?? null;
  const state = span === null ? (after?.state ?? 'not there') : `fused, span ${span + 1}`;
  return html`<tr>${cells(before, true)}${cells(after, false)}<td>${state}</td></tr>\n`;
})}</tbody>
</table></div>`;
}

function cells(placed: PlacedLayer | undefined, ofTeacher: boolean): Html {
  if (!placed) return html`<td></td>${ofTeacher && html`<td></td><td></td>`}<td></td><td></td>`;
  const { name, className, outputShape, parameters, multiplyAdds } = placed.layer;
  return html`<td><code>${name}</code></td>${ofTeacher && html`<td>${className}</td><td>${shape(outputShape)}</td>`}<td class="n">${count(parameters)}</td><td class="n">${count(multiplyAdds)}</td>`;
}

/** Returns the facts of a fused layer that matter most, in lines. */
function spanFacts({ spans, teacher, student }: FusionReport, span: number): string[] {
  const { kernelSize, layers, replacedBy, final } = spans[span]!;
  const before = work(teacher, layers);
  const after = work(student, replacedBy);
  return [
    ...(kernelSize ? [`kernel ${shape(kernelSize)}`] : []),
    `relative MSE ${error(final.relativeMse)}`,
    `multiply-adds ${amount(before)} → ${amount(after)}`,
  ];
}

function work({ layers }: ReportedNetwork, names: readonly string[]): number {
  return layers
    .filter(({ name }) => names.includes(name))
    .reduce((sum, { multiplyAdds }) => sum + multiplyAdds, 0);
}

/** A connection that skips layers, drawn on a lane beside them. */
interface LanedEdge {
  /** The rows of its two ends. */
  readonly from: number;
  readonly to: number;
  /** The index of the lane, from 0 outwards. */
  readonly lane: number;
}

export interface Edges {
  /** The rows after which a layer feeds the next one directly. */
  readonly direct: ReadonlySet<number>;
  readonly laned: readonly LanedEdge[];
  readonly lanes: number;
}

/** Assigns the connections of one network to lanes, so that those that would overlap have different lanes. */
export function edgeLanes(layers: readonly PlacedLayer[]): Edges {
  const byName = new Map(layers.map((placed) => [placed.layer.name, placed]));
  const direct = new Set<number>();
  const passing: { from: number; to: number }[] = [];
  for (const target of layers) {
    for (const name of target.layer.readsFrom) {
      const source = byName.get(name);
      if (!source) continue;
      const last = source.row + source.rows - 1;
      if (target.row === last + 1) direct.add(last);
      else passing.push({ from: last, to: target.row });
    }
  }
  passing.sort(
    (first, second) => first.to - first.from - (second.to - second.from) || first.from - second.from,
  );
  const laned: LanedEdge[] = [];
  for (const edge of passing) {
    const taken = laned.filter((other) => other.from < edge.to && edge.from < other.to);
    let lane = 0;
    while (taken.some((other) => other.lane === lane)) lane++;
    laned.push({ ...edge, lane });
  }
  return { direct, laned, lanes: 1 + Math.max(-1, ...laned.map(({ lane }) => lane)) };
}
