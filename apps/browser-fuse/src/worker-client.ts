import type { CallName, Calls, Failure, FromWorker, ToWorker } from './protocol.js';

/** The worker's answer was an error. */
export class CallFailed extends Error {
  readonly code: string | null;
  constructor({ code, message }: Failure) {
    super(message);
    this.code = code;
  }
}

interface CallOptions<Name extends CallName> {
  readonly onProgress?: (progress: Calls[Name]['progress']) => void;
  readonly signal?: AbortSignal;
  readonly transfer?: Transferable[];
}

export type WorkerClient = <Name extends CallName>(
  name: Name,
  ask: Calls[Name]['ask'],
  options?: CallOptions<Name>,
) => Promise<Calls[Name]['answer']>;

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: ((progress: never) => void) | undefined;
}

/** Calls into a worker, each a promise that tells its progress and can be cancelled. */
export function createWorkerClient(worker: Worker): WorkerClient {
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  const post = (message: ToWorker, transfer: Transferable[] = []) => worker.postMessage(message, transfer);

  worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
    const call = waiting.get(data.id);
    if (!call) return;
    if ('progress' in data) {
      call.onProgress?.(data.progress as never);
      return;
    }
    waiting.delete(data.id);
    if ('answer' in data) call.resolve(data.answer as never);
    else call.reject(new CallFailed(data.failure));
  });
  worker.addEventListener('error', (event) => {
    const message = `The worker stopped: ${event.message || 'it could not be loaded'}. Reload the page.`;
    for (const { reject } of waiting.values()) reject(new CallFailed({ code: null, message }));
    waiting.clear();
  });

  return (name, ask, { onProgress, signal, transfer } = {}) =>
    new Promise((resolve, reject) => {
      const id = ++lastId;
      waiting.set(id, { resolve, reject, onProgress: onProgress as Waiting['onProgress'] });
      signal?.addEventListener('abort', () => post({ id, cancel: true }), { once: true });
      post({ id, call: name, ask } as ToWorker, transfer);
    });
}
