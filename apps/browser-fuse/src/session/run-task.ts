import { FuseInitError } from '@fuseinit/core';
import type { Failure } from '../protocol.js';
import { CallFailed } from '../worker-client.js';
import type { Place, Session } from './session.js';

export interface TaskContext {
  readonly signal: AbortSignal;
  readonly tell: (share: number | null, doing: string) => void;
}

/** Runs one piece of work at a time: shows its progress, and its error where it was started. */
export async function runTask(
  session: Session,
  place: Place,
  doing: string,
  work: (context: TaskContext) => Promise<string>,
  { cancellable = true } = {},
): Promise<boolean> {
  if (session.task.value) return false;
  const stop = new AbortController();
  const cancel = cancellable ? () => stop.abort() : null;
  session.failure.value = null;
  session.task.value = { place, doing, share: null, cancel };
  try {
    session.said.value = await work({
      signal: stop.signal,
      tell: (share, what) => {
        session.task.value = { place, doing: what, share, cancel };
      },
    });
    return true;
  } catch (error) {
    const failure = failureOf(error);
    if (failure.code === 'ABORTED') session.said.value = 'Stopped.';
    else session.failure.value = { ...failure, place };
    return false;
  } finally {
    session.task.value = null;
  }
}

function failureOf(error: unknown): Failure {
  if (FuseInitError.isInstance(error) || error instanceof CallFailed) {
    return { code: error.code, message: error.message };
  }
  return { code: null, message: error instanceof Error ? error.message : String(error) };
}
