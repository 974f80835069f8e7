import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { problem } from './problem.js';
import { type TensorFlowFolder, tensorflowIn } from './tensorflow-folder.js';
import { isWheelFor, parseWheelName, wheelVersion } from './wheel.js';

/** The source of the library. */
export type Source =
  | { readonly kind: 'folder'; readonly from: string; readonly files: TensorFlowFolder }
  | { readonly kind: 'wheel'; readonly file: string };

/** The source that the user requested. */
export interface Asked {
  readonly from: string | undefined;
  readonly wheel: string | undefined;
  /** The value of LIBTENSORFLOW_DIR. */
  readonly environment: string | undefined;
}

/** The sources that may be available. */
export interface AtHand {
  /** The folder of an installed Python tensorflow. */
  readonly python: string | undefined;
  readonly cache: string;
  /** The processor, as in Node's `process.arch`. */
  readonly arch: string;
}

/** What was asked for, or undefined; asked for and unusable is a problem, never passed over. */
export function askedSource({ from, wheel, environment }: Asked, arch: string): Source | undefined {
  if (from !== undefined) return namedFolder(from, '--from');
  if (wheel !== undefined) return namedWheel(wheel, arch);
  return environment ? namedFolder(environment, 'LIBTENSORFLOW_DIR') : undefined;
}

/**
 * The first that is at hand: an installed Python tensorflow, what an earlier run has unpacked or downloaded.
 */
export async function sourceAtHand({ python, cache, arch }: AtHand): Promise<Source | undefined> {
  if (python !== undefined) {
    const files = tensorflowIn(python);
    if (!('missing' in files)) return { kind: 'folder', from: `Python's ${python}`, files };
  }
  const names = existsSync(cache) ? await readdir(cache) : [];
  for (const name of names.sort()) {
    const wheel = parseWheelName(name.endsWith('.whl') ? name : `${name}.whl`);
    if (wheel?.version !== wheelVersion || !isWheelFor(arch, wheel)) continue;
    const path = join(cache, name);
    if (name.endsWith('.whl')) return { kind: 'wheel', file: path };
    const files = tensorflowIn(path);
    if (!('missing' in files)) return { kind: 'folder', from: `the cache, ${path}`, files };
  }
  return undefined;
}

function namedFolder(path: string, name: string): Source {
  const folder = resolve(path);
  const files = tensorflowIn(folder);
  if ('missing' in files)
    throw problem(
      `${name} is ${folder}, where ${files.missing.join(', ')} can't be found. It should be an unpacked libtensorflow ` +
        `(lib and include) or the tensorflow folder of Python's site-packages.`,
    );
  return { kind: 'folder', from: `${name}, ${folder}`, files };
}

function namedWheel(path: string, arch: string): Source {
  const file = resolve(path);
  if (!existsSync(file)) throw problem(`--wheel is ${file}, and nothing is there.`);
  const name = parseWheelName(basename(file));
  if (!name || !isWheelFor(arch, name))
    throw problem(
      `--wheel is ${basename(file)}: expected a wheel of tensorflow for Linux on ${arch}, under the name that pip ` +
        `gives it, such as tensorflow_cpu-${wheelVersion}-cp311-cp311-manylinux_2_27_x86_64.whl.`,
    );
  return { kind: 'wheel', file };
}
