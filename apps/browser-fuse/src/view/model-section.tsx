import { openExample, openFiles } from '../session/open.js';
import type { Session } from '../session/session.js';
import { FileDrop } from './file-drop.js';
import { bytes, count, large } from './format.js';
import { Section } from './section.js';
import { TaskStatus } from './task-status.js';

export function ModelSection({ session }: { readonly session: Session }) {
  const model = session.model.value;
  const busy = session.task.value !== null;
  return (
    <Section name="model" title="Model">
      <div class="choices">
        <div class="example">
          <p>
            A FashionMNIST network of four convolutions and a dense layer, with 8,000 real images. It is part
            of this page.
          </p>
          <button type="button" class="primary" disabled={busy} onClick={() => openExample(session)}>
            Open the example
          </button>
        </div>
        <FileDrop
          id="model-files"
          label="Or your own: model.json and its weight files"
          hint="A LayersModel, as model.save() of TensorFlow.js writes it. Drop all files together."
          accept=".json,.bin"
          disabled={busy}
          onFiles={(files) => openFiles(session, files)}
        />
      </div>
      <TaskStatus session={session} place="model" />
      {model && (
        <p class="facts">
          <strong>{model.description.name}</strong>
          <span>{count(model.description.layers.length)} layers</span>
          <span>{count(model.cost.parameters)} parameters</span>
          <span>{large(model.cost.multiplyAdds)} multiply-adds</span>
          <span>{bytes(model.cost.bytes)}</span>
        </p>
      )}
    </Section>
  );
}
