import { classChart } from '../chart/class-chart.js';
import type {
  ClassAnswers,
  LabelAccuracy,
  LabelAnswers,
  LabelledAnswers,
  ValueAnswers,
  ValueError,
} from '../data/answers.js';
import type { FusionReport } from '../data/fusion-report.js';
import { className, count, error, number, share, signed } from './format.js';
import { type Html, html } from './html.js';

/** The most classes that a chart has room for. */
const mostCharted = 40;

/** The section compares the outputs and the answers that follow from them. */
export function answersSection(report: FusionReport): Html {
  const { answers, outputs, samples } = report;
  return html`<section id="answers">
<h2>How good the answers are</h2>
<div class="scroll"><table>
<caption>Outputs of the student against the teacher's, on ${count(samples)} samples of this report and on those that fuse compared on.</caption>
<thead><tr><th scope="col">output</th><th scope="col">shape</th><th scope="col" class="n">relative MSE here</th><th scope="col" class="n">when fused</th></tr></thead>
<tbody>${outputs.map(
    ({ name, shape, relativeMse, calibrationRelativeMse }) =>
      html`<tr><th scope="row"><code>${name}</code></th><td>${shape.join('×') || 'scalar'}</td><td class="n">${error(relativeMse)}</td><td class="n">${calibrationRelativeMse === null ? '–' : error(calibrationRelativeMse)}</td></tr>\n`,
  )}</tbody>
</table></div>
${givenTable(report)}
${answers?.kind === 'classes' && classes(answers, report)}
${answers?.kind === 'labels' && labelsOf(answers)}
${answers?.kind === 'values' && values(answers)}
</section>`;
}

/** The table compares the teacher as given, its simplified form and the student, if there are three. */
function givenTable({ given, answers, outputs }: FusionReport): Html | null {
  if (!given) return null;
  const cell = (value: number | null | undefined, of: (value: number) => string) =>
    html`<td class="n">${value == null ? '–' : of(value)}</td>`;
  const row = (
    title: string,
    accuracy: number | null | undefined,
    agreement: number | null,
    relativeMse: number,
    valueError: ValueError | null | undefined,
  ) =>
    html`<tr><th scope="row">${title}</th>${cell(accuracy, share)}${cell(valueError && Math.sqrt(valueError.meanSquareError), number)}${cell(agreement, share)}${cell(relativeMse, error)}</tr>\n`;
  const ofValues = answers?.kind === 'values' ? answers : null;
  const agreement = answers && 'agreement' in answers ? answers.agreement : null;
  const largest = (errors: readonly number[]) => Math.max(0, ...errors);
  return html`<div class="scroll"><table>
<caption>Each network beside the simplified teacher, on the same samples.</caption>
<thead><tr><th scope="col">network</th><th scope="col" class="n">accuracy</th><th scope="col" class="n">root mean square error</th><th scope="col" class="n">same answers</th><th scope="col" class="n">relative MSE</th></tr></thead>
<tbody>${row('teacher as given', given.accuracy, given.agreement, largest(given.relativeMse), given.error)}${row('simplified', accuracyOf(answers, 'teacher'), agreement && 1, 0, ofValues?.teacher)}${row(
    'student',
    accuracyOf(answers, 'student'),
    agreement,
    largest(outputs.map(({ relativeMse }) => relativeMse)),
    ofValues?.student,
  )}</tbody>
</table></div>`;
}

function accuracyOf(answers: FusionReport['answers'], network: 'teacher' | 'student'): number | undefined {
  if (answers?.kind === 'classes') return answers.labelled?.[`${network}Accuracy`];
  return answers?.kind === 'labels' ? answers.labelled?.[network].binaryAccuracy : undefined;
}

function classes({ agreement, labelled }: ClassAnswers, report: FusionReport): Html {
  const agreeing = html`<p>Both networks choose the same class for <b>${share(agreement)}</b> of the samples${labelled === null ? '; without labels, accuracy is not known.' : '.'}</p>`;
  if (!labelled) return agreeing;
  const nameOf = (index: number) => className(report.classNames, index);
  const charted = labelled.classes.filter(({ count }) => count > 0).length <= mostCharted;
  return html`${agreeing}
<div class="pair">
<div>${rightTable(labelled)}${classTable(labelled, nameOf)}</div>
${charted && html`<figure>${classChart(labelled.classes, nameOf)}<figcaption><span class="key"><i>○</i> teacher</span> <span class="key"><i class="solid">■</i> student</span></figcaption></figure>`}
</div>`;
}

function rightTable(labelled: LabelledAnswers): Html {
  const { bothRight, onlyTeacherRight, onlyStudentRight, bothWrong } = labelled;
  return html`<table class="square">
<caption>Samples by who is right.</caption>
<thead><tr><th></th><th scope="col" class="n">student right</th><th scope="col" class="n">student wrong</th></tr></thead>
<tbody><tr><th scope="row">teacher right</th><td class="n">${count(bothRight)}</td><td class="n">${count(onlyTeacherRight)}</td></tr>
<tr><th scope="row">teacher wrong</th><td class="n">${count(onlyStudentRight)}</td><td class="n">${count(bothWrong)}</td></tr></tbody>
</table>`;
}

function classTable({ classes }: LabelledAnswers, nameOf: (index: number) => string): Html {
  return html`<details><summary>Accuracy by class as a table</summary><div class="scroll"><table>
<caption>Share of each class's samples that a network gets right; the change in points.</caption>
<thead><tr><th scope="col">class</th><th scope="col" class="n">samples</th><th scope="col" class="n">teacher</th><th scope="col" class="n">student</th><th scope="col" class="n">change</th></tr></thead>
<tbody>${classes.map(({ count: samples, teacherRight, studentRight }, index) => {
    const cell = (right: number) => (samples === 0 ? '–' : share(right / samples));
    const change = samples === 0 ? '–' : signed((100 * (studentRight - teacherRight)) / samples, 1);
    return html`<tr><th scope="row">${nameOf(index)}</th><td class="n">${count(samples)}</td><td class="n">${cell(teacherRight)}</td><td class="n">${cell(studentRight)}</td><td class="n">${change}</td></tr>\n`;
  })}</tbody>
</table></div></details>`;
}

function labelsOf({ agreement, sampleAgreement, labelled }: LabelAnswers): Html {
  const agreeing = html`<p>Both networks answer the same for <b>${share(agreement)}</b> of all labels, and for every label of <b>${share(sampleAgreement)}</b> of the samples${labelled === null ? '; without labels, accuracy is not known.' : '.'}</p>`;
  if (!labelled) return agreeing;
  const row = (title: string, { binaryAccuracy, exactMatch }: LabelAccuracy) =>
    html`<tr><th scope="row">${title}</th><td class="n">${share(binaryAccuracy)}</td><td class="n">${share(exactMatch)}</td></tr>`;
  return html`${agreeing}
<div class="scroll"><table>
<caption>Binary accuracy is the share of all labels that are right; a sample counts in the last column if every label of it is.</caption>
<thead><tr><th scope="col">network</th><th scope="col" class="n">binary accuracy</th><th scope="col" class="n">every label right</th></tr></thead>
<tbody>${row('teacher', labelled.teacher)}${row('student', labelled.student)}</tbody>
</table></div>`;
}

function values({ teacher, student, labelVariance }: ValueAnswers): Html {
  const row = (title: string, { meanSquareError, meanAbsoluteError }: ValueAnswers['teacher']) =>
    html`<tr><th scope="row">${title}</th><td class="n">${number(Math.sqrt(meanSquareError))}</td><td class="n">${number(meanAbsoluteError)}</td><td class="n">${labelVariance === 0 ? '–' : number(1 - meanSquareError / labelVariance)}</td></tr>`;
  return html`<div class="scroll"><table>
<caption>Errors against the labels, in their unit; R² is 1 where labels are met and 0 for their mean.</caption>
<thead><tr><th scope="col">network</th><th scope="col" class="n">root mean square error</th><th scope="col" class="n">mean absolute error</th><th scope="col" class="n">R²</th></tr></thead>
<tbody>${row('teacher', teacher)}${row('student', student)}</tbody>
</table></div>`;
}
