import { countOf } from '../data/sample-data.js';
import { fuseNow } from '../session/fuse-now.js';
import type { FuseChoices, Session } from '../session/session.js';
import { NumberField } from './number-field.js';
import { TaskStatus } from './task-status.js';

export function FuseOptions({ session }: { readonly session: Session }) {
  const choices = session.fuseChoices.value;
  const data = session.data.value;
  const choose = (changed: Partial<FuseChoices>) => {
    session.fuseChoices.value = { ...choices, ...changed };
  };
  const missing = missingFor(session);
  return (
    <form
      class="fuse-options"
      onSubmit={(event) => {
        event.preventDefault();
        if (!missing) fuseNow(session);
      }}
    >
      <h3>How</h3>
      <label class="check">
        <input
          type="checkbox"
          checked={choices.refit}
          onChange={({ currentTarget }) => choose({ refit: currentTarget.checked })}
        />
        <span>
          Refit later layers<span class="hint">to what they see once the layers before them changed</span>
        </span>
      </label>
      <label class="field">
        <span>Inputs of a span are taken from</span>
        <select
          value={choices.propagate}
          onChange={({ currentTarget }) =>
            choose({ propagate: currentTarget.value === 'teacher' ? 'teacher' : 'student' })
          }
        >
          <option value="student">the student so far</option>
          <option value="teacher">the teacher</option>
        </select>
      </label>
      {data && (
        <>
          <NumberField
            label="Samples to solve on"
            value={choices.samples}
            min={1}
            max={data.calibrationCount}
            onValue={(samples) => choose({ samples })}
          />
          <NumberField
            label="Samples to compare on"
            value={choices.testSamples}
            min={1}
            max={countOf(data.test)}
            onValue={(testSamples) => choose({ testSamples })}
          />
        </>
      )}
      <button type="submit" class="primary" disabled={session.task.value !== null || missing !== null}>
        Fuse
      </button>
      {missing && <p class="hint">{missing}</p>}
      <TaskStatus session={session} place="fuse" />
    </form>
  );
}

function missingFor({ data, spans }: Session): string | null {
  if (!data.value) return 'Choose samples first.';
  return spans.value.length === 0 ? 'Choose a span first.' : null;
}
