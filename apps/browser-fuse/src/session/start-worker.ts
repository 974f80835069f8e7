import type { Session } from './session.js';

/** Learns what the worker computes on; a worker that doesn't start is told where models are opened. */
export async function startWorker(session: Session): Promise<void> {
  try {
    session.backend.value = await session.client('start', null);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    session.failure.value = { place: 'model', code: null, message };
  }
}
