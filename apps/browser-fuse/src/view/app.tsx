import type { Session } from '../session/session.js';
import { DataSection } from './data-section.js';
import { DownloadSection } from './download-section.js';
import { ModelSection } from './model-section.js';
import { PageHeader } from './page-header.js';
import { PredictionSection } from './prediction-section.js';
import { ResultSection } from './result-section.js';
import { SpanSection } from './span-section.js';
import { TrainingSection } from './training-section.js';

/** The page: one section for each step, each shown once the step before it is done. */
export function App({ session }: { readonly session: Session }) {
  const { model, data, result, preview, said, task } = session;
  return (
    <>
      <PageHeader session={session} />
      <main>
        <ModelSection session={session} />
        {model.value && <DataSection session={session} />}
        {model.value && <SpanSection session={session} />}
        {result.value && <ResultSection result={result.value} model={model.value!} />}
        {data.value && preview.value && <PredictionSection session={session} />}
        {result.value && <TrainingSection session={session} />}
        {result.value && <DownloadSection session={session} />}
      </main>
      <p class="visually-hidden" role="status">
        {task.value ? quartersDone(task.value.share) : said.value}
      </p>
    </>
  );
}

/** Progress for those who listen: now and then, not at every batch. */
function quartersDone(share: number | null): string {
  return share === null ? 'Working.' : `${25 * Math.floor(4 * share)} % done.`;
}
