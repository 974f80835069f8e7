import type { Predictions } from '../protocol.js';
import type { KnownData } from '../session/session.js';
import { percent } from './format.js';
import { SamplePicture } from './sample-picture.js';

export interface PredictionCardProps {
  readonly index: number;
  readonly data: KnownData;
  readonly teacher: Predictions;
  readonly student: Predictions | null;
}

export function PredictionCard({ index, data, teacher, student }: PredictionCardProps) {
  const { test, classNames } = data;
  const nameOf = (top: number) => classNames?.[top] ?? `class ${top}`;
  const truth = test.labels?.[index];
  const differs = student !== null && student.classes[index] !== teacher.classes[index];
  const line = (who: string, { classes, scores, areProbabilities }: Predictions) => {
    const top = classes[index]!;
    const score = scores[index]!;
    return (
      <div>
        <dt>{who}</dt>
        <dd>
          <span>
            {nameOf(top)}
            {truth !== undefined && <Verdict isRight={truth === top} />}
          </span>
          {areProbabilities && <span class="bar" aria-hidden="true" style={{ '--share': score }} />}
          <span class="number">{areProbabilities ? percent(score) : score.toFixed(2)}</span>
        </dd>
      </div>
    );
  };
  return (
    <li class="prediction" data-differs={differs}>
      <SamplePicture
        set={test}
        index={index}
        label={truth === undefined ? `Sample ${index + 1}` : nameOf(truth)}
      />
      {differs && <p class="differs">≠ they differ</p>}
      <dl>
        {line('Teacher', teacher)}
        {student && line('Student', student)}
      </dl>
    </li>
  );
}

function Verdict({ isRight }: { readonly isRight: boolean }) {
  return (
    <span class={isRight ? 'right' : 'wrong'}>
      <span aria-hidden="true">{isRight ? '✓' : '✗'}</span>
      <span class="visually-hidden">{isRight ? ' right' : ' wrong'}</span>
    </span>
  );
}
