import type { CallName, Calls } from '../protocol.js';

/** The means by which a call reports its progress and is cancelled. */
export interface CallContext<Name extends CallName> {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Calls[Name]['progress']) => void;
}
