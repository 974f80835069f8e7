import { render } from 'preact';
import { createSession } from './session/session.js';
import { startWorker } from './session/start-worker.js';
import { App } from './view/app.js';
import { createWorkerClient } from './worker-client.js';

const worker = new Worker(new URL('./worker/worker.ts', import.meta.url), { type: 'module' });
const session = createSession(createWorkerClient(worker));
render(<App session={session} />, document.getElementById('app')!);
await startWorker(session);
