import type { BackendName } from '@fuseinit/node-backends';
import type { Phase } from './watched-fuse.js';

export const solvers = ['wasm', 'javascript'] as const;

export type Solver = (typeof solvers)[number];

/** A fusion to measure in a process of its own. */
export interface FuseOrder {
  readonly backend: BackendName;
  /**
   * The solver: `@fuseinit/linalg`, or the plain JavaScript that `fuse` uses without a backend of its own.
   */
  readonly solver: Solver;
  readonly samples: number;
  /** The demo's teacher, or a teacher with drawn weights and so many times its filters. */
  readonly teacher: 'demo' | number;
}

/** The time and memory that one fusion took. */
export interface FuseAnswer {
  readonly computesOn: string;
  readonly solvesBy: string;
  readonly seconds: Readonly<Record<Phase, number>>;
  /** The memory of the process before the fusion, with the model and images loaded. */
  readonly bytesBefore: number;
  /** The largest amount of memory that the process ever held. */
  readonly peakBytes: number;
}
