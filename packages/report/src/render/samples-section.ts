import { pngUrl } from '../chart/pictures.js';
import { rowChart } from '../chart/row-chart.js';
import type { FusionReport, SampleInput, SampleReport } from '../data/fusion-report.js';
import { bytesOfBase64 } from '../measure/sample-input.js';
import { className, count, error, number, shape, share } from './format.js';
import { type Html, html } from './html.js';

/** The section shows the samples on which the networks differ most. */
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
  const sentence =
    label === null
      ? null
      : answers?.kind === 'classes'
        ? className(classNames, label)
        : `label ${number(label)}`;
  return html`<li>
${inputs.map((input) => inputPicture(input, `Sample ${index}${sentence === null ? '' : `, ${sentence}`}`))}
<div><p><b>${sentence ?? `sample ${index}`}</b> <small>${sentence === null ? '' : `sample ${index}, `}disagreement ${error(disagreement)}</small></p>
${outputTable(sample, answers?.kind === 'classes' ? (index) => className(classNames, index) : null)}</div>
</li>
`;
}

/** Says on how many samples the networks differ and what the pictures below show. */
function disagreementWords({ disagreeing, samples, answers }: FusionReport): string {
  if (disagreeing === 0) {
    return `No disagreement: on all ${count(samples)} samples both networks give the same outputs to the last bit.`;
  }
  const sentence =
    answers?.kind === 'classes'
      ? classWords(answers.agreement, samples)
      : answers?.kind === 'labels'
        ? `The networks give different answers for ${share(1 - answers.agreement)} of all labels.`
        : `Outputs differ on ${count(disagreeing)} of ${count(samples)} samples.`;
  return `${sentence} Below are those whose outputs lie farthest apart: square distance over the variance of the teacher's outputs.`;
}

function classWords(agreement: number, samples: number): string {
  if (agreement === 1) return `Both networks choose the same class for each of ${count(samples)} samples.`;
  return `The networks choose different classes for ${share(1 - agreement)} of ${count(samples)} samples.`;
}

/** Draws a sample's input: an image as it is, other numbers as bars. */
function inputPicture(input: SampleInput, alt: string): Html {
  if (input.kind === 'image') {
    const { width, height, channels, pixels } = input;
    const url = pngUrl({ width, height, channels, data: bytesOfBase64(pixels) });
    return html`<img src="${url}" alt="${alt}" width="${width}" height="${height}">`;
  }
  const { values } = input;
  const size = input.shape.reduce((product, length) => product * length, 1);
  const first = values.length < size ? `, the first ${values.length} numbers` : '';
  return rowChart({
    alt: `${alt}: input ${shape(input.shape)}${first}`,
    values,
    width: 112,
    height: 72,
  });
}

/** The most rows in a sample's table. */
const mostRows = 3;

/**
 * The table shows the outputs of both networks for a sample: the classes that either network ranks highest,
 * or the numbers that differ most.
 *
 * @param nameOf Names a class; null if the outputs aren't class scores.
 */
function outputTable({ outputs, label }: SampleReport, nameOf: ((index: number) => string) | null): Html {
  const [first] = outputs;
  if (!first) return html``;
  const { teacher, student } = first;
  const areShares = nameOf !== null && [...teacher, ...student].every((value) => value >= 0 && value <= 1);
  const sentence = areShares ? share : number;
  /**
   * Classes rank by the higher of their two scores, the label's class first; numbers rank by how far they lie
   * apart.
   */
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
    html`<td class="n${isChosen ? ' chosen' : ''}"${areShares && html` style="--share:${(100 * value).toFixed(1)}%"`}>${sentence(value)}</td>`;
  const isClass = nameOf !== null && teacher.length > 1;
  return html`<table class="${areShares ? 'shares' : 'numbers'}"><thead><tr><th></th><th scope="col" class="n">teacher</th><th scope="col" class="n">student</th></tr></thead><tbody>${rows.map(
    ({ before, after, index }) =>
      html`<tr><th scope="row">${isClass ? nameOf(index) : teacher.length === 1 ? 'output' : `output ${index}`}${isClass && index === label && html`\u00a0<span title="the label">✓</span>`}</th>${cell(before, isClass && best.teacher === index)}${cell(after, isClass && best.student === index)}</tr>`,
  )}</tbody></table>`;
}

function indexOfLargest(values: readonly number[]): number {
  return values.indexOf(Math.max(...values));
}
