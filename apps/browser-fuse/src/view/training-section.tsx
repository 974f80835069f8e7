import type { Session, TrainChoices } from '../session/session.js';
import { trainNow } from '../session/train-now.js';
import { NumberField } from './number-field.js';
import { Section } from './section.js';
import { TaskStatus } from './task-status.js';
import { TrainingCurves } from './training-curves.js';

export function TrainingSection({ session }: { readonly session: Session }) {
  const choices = session.trainChoices.value;
  const run = session.training.value;
  const choose = (changed: Partial<TrainChoices>) => {
    session.trainChoices.value = { ...choices, ...changed };
  };
  if (!session.result.value?.comparison.student.predictions) return null;
  return (
    <Section
      name="training"
      title="Fine-tuning"
      lead="The fused student against the same layers from random weights, on the same samples in the same order."
    >
      <form
        class="train-options"
        onSubmit={(event) => {
          event.preventDefault();
          trainNow(session);
        }}
      >
        <NumberField
          label="Epochs"
          value={choices.epochs}
          min={1}
          max={50}
          onValue={(epochs) => choose({ epochs })}
        />
        <NumberField
          label="Samples"
          value={choices.samples}
          min={1}
          max={session.data.value!.calibrationCount}
          onValue={(samples) => choose({ samples })}
        />
        <NumberField
          label="Learning rate"
          value={choices.learningRate}
          min={0.000001}
          max={1}
          step="any"
          onValue={(learningRate) => choose({ learningRate })}
        />
        <button type="submit" class="primary" disabled={session.task.value !== null}>
          Train both
        </button>
      </form>
      <TaskStatus session={session} place="train" />
      {run && <TrainingCurves run={run} />}
    </Section>
  );
}
