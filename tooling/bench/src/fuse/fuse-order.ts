import type { BackendName } from '@fuseinit/node-backends';
import type { Phase } from './phase-clock.js';

export const solvers = ['wasm', 'javascript'] as const;

export type Solver = (typeof solvers)[number];

/** One fusion to measure, in a process of its own. */
export interface FuseOrder {
  readonly backend: BackendName;
  /** What solves: `@fuseinit/linalg`, or the plain JavaScript of `fuse` by default. */
  readonly solver: Solver;
  readonly samples: number;
  /** Times the filters of the demo's teacher, weights drawn; or the demo's teacher itself. */
  readonly teacher: 'demo' | number;
}

/** What one fusion took. */
export interface FuseAnswer {
  readonly computesOn: string;
  readonly solvesBy: string;
  readonly seconds: Readonly<Record<Phase, number>>;
  /** Of the process, with model and images loaded and before the fusion. */
  readonly bytesBefore: number;
  /** The most that the process ever held. */
  readonly peakBytes: number;
}
