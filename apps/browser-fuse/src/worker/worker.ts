import { FuseInitError } from '@fuseinit/core';
import type { CallName, Calls, Failure, FromWorker, ToWorker } from '../protocol.js';
import { createHandlers, type Handlers } from './handlers.js';

/** What a dedicated worker's global scope is used for here; the compiler knows the page's scope alone. */
interface WorkerScope {
  postMessage(message: FromWorker): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<ToWorker>) => void): void;
}

const scope = globalThis as unknown as WorkerScope;
const running = new Map<number, AbortController>();
const handlers = createHandlers();

scope.addEventListener('message', async ({ data }) => {
  if ('cancel' in data) {
    running.get(data.id)?.abort();
    return;
  }
  const { id, call, ask } = data;
  const stop = new AbortController();
  running.set(id, stop);
  try {
    const answer = await handle(handlers, call, ask, {
      signal: stop.signal,
      onProgress: (progress) => scope.postMessage({ id, progress }),
    });
    scope.postMessage({ id, answer });
  } catch (error) {
    scope.postMessage({ id, failure: failureOf(error) });
  } finally {
    running.delete(id);
  }
});

function handle<Name extends CallName>(
  all: Handlers,
  name: Name,
  ask: Calls[Name]['ask'],
  context: { signal: AbortSignal; onProgress: (progress: unknown) => void },
): Promise<Calls[Name]['answer']> {
  return all[name](ask, context);
}

function failureOf(error: unknown): Failure {
  if (FuseInitError.isInstance(error)) return { code: error.code, message: error.message };
  return { code: null, message: error instanceof Error ? error.message : String(error) };
}
