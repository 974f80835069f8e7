import type { OpenedModel } from '../protocol.js';
import type { FuseResult } from '../session/session.js';
import { bytes, count, large, milliseconds, percent } from './format.js';

interface Row {
  readonly label: string;
  readonly hint?: string;
  readonly teacher: number | null;
  readonly student: number | null;
  readonly show: (value: number) => string;
  /** Whether the student's figure as a multiple of the teacher's says something. */
  readonly ratio?: boolean;
  /** What stands for null. */
  readonly none?: string;
}

/** Teacher and student side by side. */
export function ComparisonTable({
  result,
  model,
}: {
  readonly result: FuseResult;
  readonly model: OpenedModel;
}) {
  return (
    <table class="comparison">
      <caption class="visually-hidden">Teacher and student</caption>
      <thead>
        <tr>
          <td />
          <th scope="col">Teacher</th>
          <th scope="col">Student</th>
        </tr>
      </thead>
      <tbody>
        {rowsOf(result, model).map((row) => (
          <tr key={row.label}>
            <th scope="row">
              {row.label}
              {row.hint && <span class="hint">{row.hint}</span>}
            </th>
            <td>{shown(row, row.teacher)}</td>
            <td>
              {shown(row, row.student)}
              {row.ratio && row.teacher && row.student !== null && (
                <span class="hint">{(row.student / row.teacher).toFixed(2)}×</span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function rowsOf({ comparison, report, student }: FuseResult, { description }: OpenedModel): Row[] {
  const { teacher: old, student: fused, agreement } = comparison;
  const accuracy = { label: 'Accuracy', teacher: old.accuracy, student: fused.accuracy, show: percent };
  return [
    ...(old.accuracy === null ? [] : [accuracy]),
    {
      label: 'Agreement',
      hint: 'same top class as the teacher',
      teacher: null,
      student: agreement,
      show: percent,
      none: '–',
    },
    { label: 'Layers', teacher: description.layers.length, student: student.layers.length, show: count },
    {
      label: 'Depth',
      hint: 'layers that multiply',
      teacher: report.teacher.depth,
      student: report.student.depth,
      show: count,
    },
    {
      label: 'Parameters',
      teacher: report.teacher.parameters,
      student: report.student.parameters,
      show: count,
      ratio: true,
    },
    {
      label: 'Multiply-adds',
      teacher: report.teacher.multiplyAdds,
      student: report.student.multiplyAdds,
      show: large,
      ratio: true,
    },
    {
      label: 'Weights',
      teacher: report.teacher.bytes,
      student: report.student.bytes,
      show: bytes,
      ratio: true,
    },
    {
      label: 'First run',
      hint: old.shaderPrograms === null ? 'one sample' : 'one sample, shaders compiled anew',
      teacher: old.coldMs,
      student: fused.coldMs,
      show: milliseconds,
      ratio: true,
    },
    {
      label: 'Later runs',
      hint: 'one sample, median',
      teacher: old.warmMs,
      student: fused.warmMs,
      show: milliseconds,
      ratio: true,
    },
    {
      label: 'Shader programs',
      hint: 'compiled for the first run',
      teacher: old.shaderPrograms,
      student: fused.shaderPrograms,
      show: count,
      none: 'not applicable',
    },
  ];
}

function shown({ show, none = 'not known' }: Row, value: number | null): string {
  return value === null ? none : show(value);
}
