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

/** The data that a call of `fuse` had collected, as plain data that can be structured-cloned. */
export interface CheckpointState {
  readonly specVersion: 2;
  /** A description of the fusion: the teacher, the spans, the number of samples, and the options. */
  readonly plan: string;
  /**
   * The layers that were begun, in the order of their passes. All but those of the last pass are complete.
   */
  readonly steps: readonly {
    readonly collector: CollectorState | RowsCollectorState;
    readonly settling: SettlingState;
    readonly complete: boolean;
  }[];
}

/**
 * The collectors for one layer: of moments or rows and, with `samples: 'auto'`, of some held-out rows that
 * show whether the error has settled.
 */
export interface CheckpointedCollector {
  readonly collector: Tap['collector'];
  readonly settling: Settling;
}

/**
 * The data that a call of `fuse` collects, kept for another call. After a lost device or an abort, `fuse`
 * with the same checkpoint continues at the batch where it stopped. A fusion that succeeds leaves the
 * checkpoint empty.
 */
export interface Checkpoint {
  /** A copy of the collected data, for {@link createCheckpoint}; undefined before any work is done. */
  state(): CheckpointState | undefined;
  /**
   * Used by `fuse` to declare the fusion that it is about to do.
   *
   * @throws CHECKPOINT_MISMATCH if it isn't the fusion that was begun.
   */
  begin(plan: string): void;
  /** Used by `fuse` to get the collectors of a step, with the data that they hold so far. */
  collectorOf(step: number, tap: string, keeps: Tap['collector']['keeps']): CheckpointedCollector;
  isComplete(step: number): boolean;
  complete(step: number): void;
  /** Used by `fuse` to clear the checkpoint when the fusion is complete. */
  clear(): void;
}

/**
 * Creates an empty checkpoint, or one that holds the state of another.
 *
 * @throws CHECKPOINT_MISMATCH if the state isn't that of a checkpoint, or was serialized as JSON.
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
    collectorOf(step, tap, keeps) {
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
