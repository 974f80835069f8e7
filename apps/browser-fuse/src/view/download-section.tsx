import { downloadModel } from '../session/download.js';
import type { Session } from '../session/session.js';
import { Section } from './section.js';
import { TaskStatus } from './task-status.js';

export function DownloadSection({ session }: { readonly session: Session }) {
  const busy = session.task.value !== null;
  const isTrained = session.training.value?.state === 'finished';
  return (
    <Section
      name="download"
      title="Download"
      lead="A plain LayersModel in two files, model.json and weights.bin: tf.loadLayersModel() reads it, and so does this page."
    >
      <div class="toolbar">
        <button
          type="button"
          class="primary"
          disabled={busy}
          onClick={() => downloadModel(session, 'student')}
        >
          Download the student
        </button>
        {isTrained && (
          <button type="button" disabled={busy} onClick={() => downloadModel(session, 'trained')}>
            Download it fine-tuned
          </button>
        )}
      </div>
      <TaskStatus session={session} place="download" />
    </Section>
  );
}
