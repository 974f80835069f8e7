import { fileURLToPath } from 'node:url';
import { inChild } from '../measuring/in-child.js';
import { type Spread, spreadOf } from '../measuring/measurements.js';
import { type Version, type Versions, type VersionTimes, versions } from './time-versions.js';
import type { VersionsAnswer, VersionsProcessOrder } from './versions-process.js';

/** The times of a model's versions on one backend, in seconds. */
export interface VersionLatencies {
  /** First runs, each from a process or page of its own, on a backend that had run nothing before. */
  readonly firstRun: Versions<Spread>;
  /** Warm runs that took turns, from all processes or pages together. */
  readonly warm: Versions<Spread>;
}

/** Joins the times of several processes or pages, each of which ran another version first. */
export function latenciesOf(
  seen: readonly { readonly first: Version; readonly times: VersionTimes }[],
): VersionLatencies {
  const there = versions.filter((version) => seen.some(({ times }) => times.warm[version]));
  const each = (of: (version: Version) => Spread) =>
    Object.fromEntries(there.map((version) => [version, of(version)])) as unknown as Versions<Spread>;
  return {
    firstRun: each((version) =>
      spreadOf(seen.filter(({ first }) => first === version).map(({ times }) => times.firstRun)),
    ),
    warm: each((version) => spreadOf(seen.flatMap(({ times }) => times.warm[version] ?? []))),
  };
}

export interface NodeLatenciesOptions
  extends Pick<VersionsProcessOrder, 'backend' | 'folders' | 'length' | 'seconds'> {
  /** The number of processes in which each version runs first. */
  readonly processes: number;
  readonly signal?: AbortSignal;
}

/**
 * Times the versions of a model on a backend of Node, in processes of their own.
 *
 * @throws Error with the failure in a process, or with its exit.
 */
export async function nodeLatencies({
  processes,
  signal,
  ...order
}: NodeLatenciesOptions): Promise<VersionLatencies & { readonly computesOn: string }> {
  const module = fileURLToPath(new URL('./versions-process.js', import.meta.url));
  const seen: { first: Version; times: VersionsAnswer }[] = [];
  for (let turn = 0; turn < processes; turn++) {
    for (const first of versions.filter((version) => order.folders[version] !== undefined)) {
      seen.push({ first, times: await inChild<VersionsAnswer>(module, { ...order, first }, signal) });
    }
  }
  return { computesOn: seen[0]!.times.computesOn, ...latenciesOf(seen) };
}

/**
 * Returns how many times as fast a version's warm runs are as those of the model as it was given, by the
 * medians; undefined if there is no such version.
 */
export function speedup({ warm }: VersionLatencies, version: Version): number | undefined {
  const own = warm[version];
  return own && warm.given.median / own.median;
}
