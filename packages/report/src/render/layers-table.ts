import { count, shape } from './format.js';
import { type Html, html } from './html.js';
import type { NetworkRows, PlacedLayer } from './network-rows.js';

/** The drawing in words and numbers. */
export function layersTable({ rows, teacher, student }: NetworkRows): Html {
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
