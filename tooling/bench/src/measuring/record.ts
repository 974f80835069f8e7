import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Machine } from './machine.js';

/** What a benchmark measures in one go: a row of its table. */
export interface Row {
  /** Tells it from the other rows of its benchmark. */
  readonly key: string;
}

/** Rows as measured, before they are kept. */
export interface Measured<MeasuredRow extends Row = Row> {
  /** Versions of what was measured, by name. */
  readonly software: Readonly<Record<string, string>>;
  readonly rows: readonly MeasuredRow[];
}

/** What a file of results holds: rows of one machine, each with its day. */
export interface Recorded<MeasuredRow extends Row = Row> {
  readonly benchmark: string;
  readonly machine: Machine;
  readonly software: Readonly<Record<string, string>>;
  readonly rows: readonly (MeasuredRow & { readonly date: string })[];
}

/**
 * Puts new rows beside earlier ones, in place of those of the same key. Rows of another machine, or of
 * another version of what both have, aren't kept: one table is of one machine.
 */
export function withRows(earlier: Recorded | undefined, now: Recorded): Recorded {
  if (!earlier || !isAlike(earlier, now)) return now;
  const fresh = new Map(now.rows.map((row) => [row.key, row]));
  const kept = earlier.rows.map((row) => fresh.get(row.key) ?? row);
  const added = now.rows.filter(({ key }) => !earlier.rows.some((row) => row.key === key));
  return { ...now, software: { ...earlier.software, ...now.software }, rows: [...kept, ...added] };
}

function isAlike(earlier: Recorded, now: Recorded): boolean {
  return (
    JSON.stringify(earlier.machine) === JSON.stringify(now.machine) &&
    Object.entries(now.software).every(([name, version]) => (earlier.software[name] ?? version) === version)
  );
}

/** What a file holds, or undefined where there is none. */
export function readRecorded(file: string): Recorded | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Recorded;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Writes what a file is to hold; its folder is made if it isn't there. */
export function writeRecorded(file: string, recorded: Recorded): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(recorded, null, 2)}\n`);
}
