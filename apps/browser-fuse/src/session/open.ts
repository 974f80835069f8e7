import { exampleImages, exampleTeacher } from '../data/example.js';
import { ownSamples } from '../data/own-samples.js';
import { countOf, type SampleData, withoutLabels } from '../data/sample-data.js';
import { addSpan } from './chosen-spans.js';
import { runTask } from './run-task.js';
import type { Session } from './session.js';

/** How many samples' predictions are shown at a time. */
export const samplesShown = 12;

/** Opens the bundled network with its images, and proposes a span. */
export async function openExample(session: Session): Promise<void> {
  const opened = await runTask(
    session,
    'model',
    'Opening the example',
    async () => {
      await openModel(session, await exampleTeacher());
      await takeData(session, await exampleImages(session.model.value!.reading, null));
      return 'The example is open.';
    },
    { cancellable: false },
  );
  const proposal = session.model.value?.spans.legal.find(
    ({ from, to }) => from === 'conv3' && to === 'conv4',
  );
  if (opened && proposal) addSpan(session, proposal);
}

/** Opens a user's model.json and its weight files. */
export async function openFiles(session: Session, files: readonly File[]): Promise<void> {
  await runTask(
    session,
    'model',
    'Opening the model',
    async () => {
      await openModel(session, files);
      return `${session.model.value!.description.name} is open.`;
    },
    { cancellable: false },
  );
}

/**
 * Takes the bundled images for a user's model that reads images of their size.
 *
 * @param hasTheirClasses Whether the model's classes are those of the images, so that their labels say what
 * is right.
 */
export async function takeExampleImages(session: Session, hasTheirClasses: boolean): Promise<void> {
  await runTask(
    session,
    'data',
    'Reading FashionMNIST',
    async () => {
      const { reading } = session.model.value!;
      const data = await exampleImages(reading, session.pixelRange.value);
      await takeData(session, hasTheirClasses ? data : withoutLabels(data));
      return 'The images are ready.';
    },
    { cancellable: false },
  );
}

/** Takes a user's images or .npy file. */
export async function takeFiles(session: Session, files: readonly File[]): Promise<void> {
  await runTask(session, 'data', 'Reading samples', async ({ tell, signal }) => {
    const data = await ownSamples(files, session.model.value!, {
      range: session.pixelRange.value,
      onProgress: (share) => tell(share, 'Reading samples'),
      signal,
    });
    await takeData(session, data);
    return 'The samples are ready.';
  });
}

async function openModel(session: Session, files: readonly File[]): Promise<void> {
  const model = await session.client('open', { files });
  session.spans.value = [];
  session.picking.value = null;
  session.data.value = null;
  forgetStudent(session);
  session.model.value = model;
}

async function takeData(session: Session, { calibration, test, ...known }: SampleData): Promise<void> {
  const calibrationCount = countOf(calibration);
  const testCount = countOf(test);
  const transfer = [calibration.values.buffer];
  await session.client('useData', { calibration, test }, { transfer });
  forgetStudent(session);
  session.data.value = { ...known, test, calibrationCount };
  const choices = session.fuseChoices.value;
  session.fuseChoices.value = {
    ...choices,
    samples: Math.min(2000, calibrationCount),
    testSamples: Math.min(1000, testCount),
  };
  session.trainChoices.value = { ...session.trainChoices.value, samples: Math.min(2000, calibrationCount) };
  session.preview.value = await session.client('preview', { samples: samplesShown });
}

function forgetStudent(session: Session): void {
  session.preview.value = null;
  session.result.value = null;
  session.training.value = null;
}
