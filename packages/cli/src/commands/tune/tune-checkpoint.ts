import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { deserialize, serialize } from 'node:v8';
import { FuseInitError } from '@fuseinit/core';
import type { FineTuneState } from '@fuseinit/fine-tune';
import { writeOutputFile } from '../../output/output-file.js';
import type { PartialFormat } from '../../output/partial-file.js';
import type { ScoredEpoch } from './tune-student.js';

/** The inputs and options of a run of `tune` on which its numbers depend. */
export interface TuneRun {
  /** The fingerprint of the student before any training. */
  readonly student: string;
  readonly teacher: string | null;
  readonly data: {
    readonly samples: number;
    readonly sampleShape: readonly number[];
    /** The share of the samples to validate on, and the seed that chose them. */
    readonly validation: number;
    readonly seed: number;
    /** The hash of the samples' indices and numbers. */
    readonly content: string;
    /** The hash of the labels; null without labels. */
    readonly labels: string | null;
  };
  /** The values of options by their names on the command line; null for a default. */
  readonly options: Readonly<Record<string, string | number | null>>;
}

/** What a run of `tune` keeps beside its output after an epoch. */
export interface TuneCheckpoint {
  readonly run: TuneRun;
  /** The completed epochs. */
  readonly epochs: readonly ScoredEpoch[];
  readonly state: FineTuneState;
  /** The hash of the model.json that an interrupted run left as its output; null if it left none. */
  readonly interim: string | null;
}

/**
 * Requires a checkpoint of a run with the same models, data and options.
 *
 * @throws CHECKPOINT_MISMATCH with the first difference.
 */
export function requireSameRun(path: string, begun: TuneRun, now: TuneRun): void {
  const difference = differenceOf(begun, now);
  if (difference === undefined) return;
  throw new FuseInitError(
    'CHECKPOINT_MISMATCH',
    `${path} can't be resumed: it was begun with ${difference}. Resume it with the same models, data and options, or begin anew with --force.`,
  );
}

function differenceOf(begun: TuneRun, now: TuneRun): string | undefined {
  if (begun.student !== now.student) return 'another student, whose weights or layers differ';
  if (begun.teacher !== now.teacher) {
    if (begun.teacher === null) return 'no teacher, and --teacher is given';
    return now.teacher === null
      ? 'a teacher, and no --teacher is given'
      : 'another teacher, whose weights or layers differ';
  }
  const [before, after] = [begun.data, now.data];
  if (`${before.sampleShape}` !== `${after.sampleShape}`) {
    return `samples of [${before.sampleShape.join(', ')}], and those given are of [${after.sampleShape.join(', ')}]`;
  }
  if (before.samples !== after.samples) {
    return `${before.samples} samples, and ${after.samples} are given`;
  }
  if (before.content !== after.content)
    return 'other samples, or the same in another order or with other values';
  if ((before.labels === null) !== (after.labels === null)) {
    return before.labels === null ? 'no labels, and labels are given' : 'labels, and none are given';
  }
  if (before.labels !== after.labels) return 'other labels';
  const names = new Set([...Object.keys(begun.options), ...Object.keys(now.options)]);
  for (const name of names) {
    const [was, is] = [begun, now].map(({ options }) => options[name] ?? null);
    if (was !== is) return `${inWords(name, was!)}, and now it is ${inWords(name, is!)}`;
  }
  if (before.validation !== after.validation || before.seed !== after.seed) {
    return `other samples to validate on: a share of ${before.validation} by seed ${before.seed}, and now it is ${after.validation} by seed ${after.seed}`;
  }
  return undefined;
}

function inWords(name: string, value: string | number | null): string {
  return value === null ? `the default of ${name}` : `${name} ${value}`;
}

const mark = Buffer.from('fuseinit tune 1\n');
const hashLength = 32;

/** A mark with the version, a hash, and the checkpoint as V8 serializes it. */
export const checkpointFormat: PartialFormat<TuneCheckpoint> = {
  // An epoch of a small network may take no longer than writing its checkpoint.
  interval: 1000,
  async read(path) {
    const bytes = await readFile(path);
    const body = bytes.subarray(mark.length + hashLength);
    const isWhole =
      bytes.subarray(0, mark.length).equals(mark) &&
      bytes.subarray(mark.length, mark.length + hashLength).equals(hashOf(body));
    if (isWhole) return deserialize(body) as TuneCheckpoint;
    throw new FuseInitError(
      'DATA_FILE_INVALID',
      `${path} can't be resumed: it is damaged, or no checkpoint of this version's tune. Begin anew with --force.`,
    );
  },
  write(path, checkpoint) {
    const body = serialize(checkpoint);
    return writeOutputFile(path, Buffer.concat([mark, hashOf(body), body]));
  },
};

function hashOf(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

/** The number of bytes that are hashed between two turns of the event loop. */
const hashedAtOnce = 2 ** 25;

/**
 * The SHA-256 of the bytes of arrays, in hexadecimal digits.
 *
 * @throws the signal's reason when it fires.
 */
export async function contentOf(signal: AbortSignal, ...arrays: readonly ArrayBufferView[]): Promise<string> {
  const hash = createHash('sha256');
  for (const { buffer, byteOffset, byteLength } of arrays) {
    for (let start = 0; start < byteLength; start += hashedAtOnce) {
      hash.update(new Uint8Array(buffer, byteOffset + start, Math.min(hashedAtOnce, byteLength - start)));
      await setImmediate();
      signal.throwIfAborted();
    }
  }
  return hash.digest('hex');
}
