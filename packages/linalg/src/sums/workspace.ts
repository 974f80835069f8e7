import type { Engine } from '../engine/engine.js';
import type { Arena } from '../memory/arena.js';

/** What all computations of a linear algebra share. */
export interface Workspace {
  readonly engine: Engine;
  readonly arena: Arena;
  /** Runs one piece of work after the other: they share threads. @throws ENGINE_CLOSED after it was closed. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
}
