import type { Row } from '../measuring/record.js';
import type { Version, Versions } from '../versions/time-versions.js';
import type { VersionLatencies } from '../versions/version-latencies.js';

/** A network of Teachable Machine's structure, as given and simplified, on one backend. */
export interface SimplifyRow extends Row, VersionLatencies {
  readonly backend: string;
  /** The largest difference to the network as given, relative to the largest output. */
  readonly difference: Readonly<Record<Exclude<Version, 'given'>, number>>;
  readonly layers: { readonly given: number; readonly simplified: number };
  readonly bytes: Versions<number>;
}

/** What is wanted on wasm: how many times faster than as given, and the most that outputs may differ. */
export const wanted = { graph: 2.5, simplified: 1.5, difference: 1e-5 } as const;
