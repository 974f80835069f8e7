import type { SampleReport } from '../data/sample-report.js';
import { number, share } from './format.js';
import { type Html, html } from './html.js';

/** Rows that a sample's table has, at most. */
const mostRows = 3;

/**
 * What both networks give for a sample: the classes that either ranks first and the next, or numbers that
 * differ most.
 *
 * @param nameOf Names a class; null where outputs are no class scores.
 */
export function outputTable(
  { outputs, label }: SampleReport,
  nameOf: ((index: number) => string) | null,
): Html {
  const [first] = outputs;
  if (!first) return html``;
  const { teacher, student } = first;
  const areShares = nameOf !== null && [...teacher, ...student].every((value) => value >= 0 && value <= 1);
  const told = areShares ? share : number;
  /** Classes by the higher of both scores, the label's in any case; numbers by how far they lie apart. */
  const rankOf = ({ before, after, index }: { before: number; after: number; index: number }) => {
    if (nameOf === null) return Math.abs(before - after);
    return index === label ? Number.POSITIVE_INFINITY : Math.max(before, after);
  };
  const rows = teacher
    .map((before, index) => ({ before, after: student[index]!, index }))
    .sort((one, other) => rankOf(other) - rankOf(one) || one.index - other.index)
    .slice(0, mostRows);
  const best = { teacher: indexOfLargest(teacher), student: indexOfLargest(student) };
  const cell = (value: number, isChosen: boolean) =>
    html`<td class="n${isChosen ? ' chosen' : ''}"${areShares && html` style="--share:${(100 * value).toFixed(1)}%"`}>${told(value)}</td>`;
  const isClass = nameOf !== null && teacher.length > 1;
  return html`<table class="${areShares ? 'shares' : 'numbers'}"><thead><tr><th></th><th scope="col" class="n">teacher</th><th scope="col" class="n">student</th></tr></thead><tbody>${rows.map(
    ({ before, after, index }) =>
      html`<tr><th scope="row">${isClass ? nameOf(index) : teacher.length === 1 ? 'output' : `output ${index}`}${isClass && index === label && html`\u00a0<span title="the label">✓</span>`}</th>${cell(before, isClass && best.teacher === index)}${cell(after, isClass && best.student === index)}</tr>`,
  )}</tbody></table>`;
}

function indexOfLargest(values: readonly number[]): number {
  return values.indexOf(Math.max(...values));
}
