import { useState } from 'preact/hooks';
import { samplesShown } from '../session/open.js';
import type { Session } from '../session/session.js';
import { count } from './format.js';
import { PredictionCard } from './prediction-card.js';
import { Section } from './section.js';

/** A few test samples with what teacher and student say. */
export function PredictionSection({ session }: { readonly session: Session }) {
  const [onlyDiffering, setOnlyDiffering] = useState(false);
  const [page, setPage] = useState(0);
  const compared = session.result.value?.comparison;
  const teacher = compared?.teacher.predictions ?? session.preview.value!;
  const student = compared?.student.predictions ?? null;
  const all = Array.from(teacher.classes, (_, index) => index);
  const differing = student ? all.filter((index) => teacher.classes[index] !== student.classes[index]) : [];
  const listed = onlyDiffering && student ? differing : all;
  const pages = Math.max(1, Math.ceil(listed.length / samplesShown));
  const current = page % pages;
  return (
    <Section
      name="predictions"
      title="Predictions"
      lead={
        student
          ? `Teacher and student differ on ${count(differing.length)} of ${count(all.length)} samples.`
          : 'What the teacher says of the first samples. The student joins once it is fused.'
      }
    >
      {student && (
        <div class="toolbar">
          <label class="check">
            <input
              type="checkbox"
              checked={onlyDiffering}
              onChange={({ currentTarget }) => {
                setOnlyDiffering(currentTarget.checked);
                setPage(0);
              }}
            />
            <span>Only where they differ</span>
          </label>
          <button type="button" class="quiet" disabled={pages < 2} onClick={() => setPage(current + 1)}>
            Show others
          </button>
        </div>
      )}
      <ul class="prediction-grid">
        {listed.slice(current * samplesShown, (current + 1) * samplesShown).map((index) => (
          <PredictionCard
            key={index}
            index={index}
            data={session.data.value!}
            teacher={teacher}
            student={student}
          />
        ))}
      </ul>
    </Section>
  );
}
