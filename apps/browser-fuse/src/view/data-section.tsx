import { countOf } from '../data/sample-data.js';
import { takeFiles } from '../session/open.js';
import type { Session } from '../session/session.js';
import { ExampleImages } from './example-images.js';
import { FileDrop } from './file-drop.js';
import { count, sampleShape } from './format.js';
import { PixelRangeChoice } from './pixel-range-choice.js';
import { Section } from './section.js';
import { TaskStatus } from './task-status.js';

export function DataSection({ session }: { readonly session: Session }) {
  const { inputShape } = session.model.value!;
  const data = session.data.value;
  const busy = session.task.value !== null;
  const readsFashion = inputShape.slice(1).join() === '28,28,1';
  return (
    <Section
      name="data"
      title="Samples"
      lead="Inputs like those the network will meet, without labels. The more, the better: some thousands for images."
    >
      {data && (
        <>
          <p class="facts">
            <strong>{data.origin}</strong>
            <span>{count(data.calibrationCount)} to solve on</span>
            <span>{count(countOf(data.test))} to compare on</span>
            <span>{sampleShape(data.test.shape)}</span>
            <span>{data.read}</span>
          </p>
          {data.readWarnings.length > 0 && (
            <ul class="warnings">
              {data.readWarnings.map((warning) => (
                <li key={warning}>{warning}</li>
              ))}
            </ul>
          )}
        </>
      )}
      <details class="own-data" open={!data}>
        <summary>{data ? 'Use other samples' : 'Choose samples'}</summary>
        <PixelRangeChoice session={session} />
        <div class="choices">
          {readsFashion && <ExampleImages session={session} />}
          <FileDrop
            id="data-files"
            label="Your own: images, or one .npy file"
            hint={`Images (PNG, JPEG) are resized to what the network reads (${sampleShape(inputShape)}), as tf.image.resize does it. Pixels and a .npy file of bytes become the numbers chosen above; other .npy files are taken as they are. One fifth is kept to compare on.`}
            accept="image/png,image/jpeg,.npy"
            disabled={busy}
            onFiles={(files) => takeFiles(session, files)}
          />
        </div>
      </details>
      <TaskStatus session={session} place="data" />
    </Section>
  );
}
