import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, platform, totalmem } from 'node:os';
import { dirname } from 'node:path';

/** A row of a benchmark's table. */
export interface Row {
  /** A key that is unique among the rows of the benchmark. */
  readonly key: string;
}

/** Measured rows before they are recorded. */
export interface Measured<MeasuredRow extends Row = Row> {
  /** Versions of the measured software, by name. */
  readonly software: Readonly<Record<string, string>>;
  readonly rows: readonly MeasuredRow[];
}

/** The contents of a results file: rows from one machine, each with its date. */
export interface Recorded<MeasuredRow extends Row = Row> {
  readonly benchmark: string;
  readonly machine: Machine;
  readonly software: Readonly<Record<string, string>>;
  readonly rows: readonly (MeasuredRow & { readonly date: string })[];
}

/**
 * Adds new rows to earlier ones and replaces those with the same key. Earlier rows of another machine or
 * another software version are dropped, since one table is about one machine.
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

/** Reads a results file; returns undefined if it doesn't exist. */
export function readRecorded(file: string): Recorded | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Recorded;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Writes a results file; makes its folder if needed. */
export function writeRecorded(file: string, recorded: Recorded): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(recorded, null, 2)}\n`);
}

/** The machine that a benchmark ran on. */
export interface Machine {
  readonly cpu: string;
  /** The number of cores that this process may use. */
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
}

/** Describes the machine that this process runs on. */
export function thisMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${arch()}`,
    node: process.version,
  };
}
