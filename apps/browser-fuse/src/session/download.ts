import { runTask } from './run-task.js';
import type { Session } from './session.js';

/** Hands the student's two files to the browser's downloads. */
export async function downloadModel(session: Session, which: 'student' | 'trained'): Promise<void> {
  await runTask(
    session,
    'download',
    'Writing the files',
    async () => {
      const { json, weights } = await session.client('save', { which });
      download('model.json', new Blob([json], { type: 'application/json' }));
      // Some browsers drop the first of two downloads that begin in one task.
      await new Promise((resolve) => setTimeout(resolve, 100));
      download('weights.bin', weights);
      return 'model.json and weights.bin are in your downloads.';
    },
    { cancellable: false },
  );
}

function download(name: string, content: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
