import { FuseInitError } from '@fuseinit/core';
import {
  type CollectorState,
  createCollector,
  createRowsCollector,
  createSettling,
  type RowsCollectorState,
  type Settling,
  type SettlingState,
  type Tap,
} from '@fuseinit/statistics';

/** What a call of `fuse` had gathered: plain data that structured cloning keeps whole. */
export interface CheckpointState {
  readonly specVersion: 2;
  /** What was being fused, of which teacher, on how many samples, and how. */
  readonly plan: string;
  /** The layers begun, in the order of their passes; all but those of the last pass are complete. */
  readonly steps: readonly {
    readonly collector: CollectorState | RowsCollectorState;
    readonly settling: SettlingState;
    readonly complete: boolean;
  }[];
}

/** What gathers for one layer: moments or rows, and with `samples: 'auto'` some held-out rows to watch. */
export interface Gathering {
  readonly collector: Tap['collector'];
  readonly settling: Settling;
}

/**
 * What a call of `fuse` gathers, kept for another call: after a lost device or an abort, `fuse` with the same
 * checkpoint goes on at the batch where it stopped. A fusion that ends well leaves it empty.
 */
export interface Checkpoint {
  /** A copy of what was gathered, for {@link createCheckpoint}; undefined before any work. */
  state(): CheckpointState | undefined;
  /**
   * For `fuse`: says what is about to be done.
   *
   * @throws CHECKPOINT_MISMATCH when it isn't what was begun.
   */
  begin(plan: string): void;
  /** For `fuse`: what gathers for a step, with what it holds so far. */
  gathering(step: number, tap: string, keeps: Tap['collector']['keeps']): Gathering;
  isComplete(step: number): boolean;
  complete(step: number): void;
  /** For `fuse`: forgets all, since all is done. */
  clear(): void;
}

/**
 * A checkpoint that holds nothing yet, or what another one held.
 *
 * @throws CHECKPOINT_MISMATCH when the state is none of ours, or went through JSON.
 */
export function createCheckpoint(state?: CheckpointState): Checkpoint {
  if (state && state.specVersion !== 2) {
    throw new FuseInitError(
      'CHECKPOINT_MISMATCH',
      `The state of a checkpoint of specVersion ${state.specVersion} came where 2 was expected: other samples were held out then. Begin anew with createCheckpoint().`,
    );
  }
  let plan = state?.plan;
  const steps = (state?.steps ?? []).map(({ collector, settling, complete }) => ({
    collector: restored(collector),
    settling: createSettling(settling),
    complete,
  }));
  return {
    state: () =>
      plan === undefined
        ? undefined
        : {
            specVersion: 2,
            plan,
            steps: steps.map(({ collector, settling, complete }) => ({
              collector: collector.state(),
              settling: settling.state(),
              complete,
            })),
          },
    begin(next) {
      if (plan !== undefined && plan !== next) {
        throw new FuseInitError(
          'CHECKPOINT_MISMATCH',
          'The checkpoint is of another fusion: of another teacher, other weights, other spans or options, or of other calibration data. Give it what it was begun with, or make a new one.',
        );
      }
      plan = next;
    },
    gathering(step, tap, keeps) {
      steps[step] ??= {
        collector: keeps === 'rows' ? createRowsCollector(tap) : createCollector(tap),
        settling: createSettling(),
        complete: false,
      };
      return steps[step];
    },
    isComplete: (step) => steps[step]?.complete ?? false,
    complete(step) {
      steps[step]!.complete = true;
      steps[step]!.settling.release();
    },
    clear() {
      plan = undefined;
      steps.length = 0;
    },
  };
}

function restored(state: CollectorState | RowsCollectorState): Tap['collector'] {
  return 'rows' in state ? createRowsCollector(state.tap, state) : createCollector(state.tap, state);
}
