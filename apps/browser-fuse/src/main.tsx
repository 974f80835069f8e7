import { render } from 'preact';
import { createSession } from './session/session.js';
import { startWorker } from './session/start-worker.js';
import { App } from './view/app.js';
import { createWorkerClient } from './worker-client.js';

const worker = new Worker(new URL('./worker/worker.ts', import.meta.url), { type: 'module' });
// A file dropped beside its place would otherwise replace the page, and all that was done on it.
for (const type of ['dragover', 'drop'] as const) addEventListener(type, (event) => event.preventDefault());

const session = createSession(createWorkerClient(worker));
render(<App session={session} />, document.getElementById('app')!);
await startWorker(session);
