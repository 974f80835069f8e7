import type { CallName, Calls } from '../protocol.js';

/** How a call tells its progress and learns that it should stop. */
export interface CallContext<Name extends CallName> {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Calls[Name]['progress']) => void;
}
