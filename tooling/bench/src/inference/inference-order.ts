import type { BackendName } from '@fuseinit/node-backends';

export const networks = ['teacher', 'student'] as const;

export type Network = (typeof networks)[number];

/** The networks to time in a process of its own. */
export interface InferenceOrder {
  readonly backend: BackendName;
  /** The folders of the models. */
  readonly folders: Readonly<Record<Network, string>>;
  readonly batchSize: number;
  /** The network that runs first in the process: only its first run counts. */
  readonly first: Network;
}

/** The times measured in one process, in seconds. */
export interface InferenceAnswer {
  readonly computesOn: string;
  /** The first run of the network that ran first, on a backend that had run nothing before. */
  readonly firstRun: number;
  readonly warm: Readonly<Record<Network, readonly number[]>>;
}
