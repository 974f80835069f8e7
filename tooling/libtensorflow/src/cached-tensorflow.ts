import { mkdir, readdir, rename, rm, statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inPartialFolder } from './partial-folder.js';
import { problem } from './problem.js';
import { runPython } from './python.js';
import { type TensorFlowFolder, tensorflowIn } from './tensorflow-folder.js';
import { downloadArguments, wheelFor, wheelVersion } from './wheel.js';

export interface CacheTask {
  readonly cache: string;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

const unpackScript = fileURLToPath(new URL('../unpack_wheel.py', import.meta.url));
/** The wheel, and what is unpacked from it. */
const neededBytes = 1.2e9;

/** The folder that a wheel is unpacked to. */
export function unpackedFolder(cache: string, wheel: string): string {
  return join(cache, basename(wheel, '.whl'));
}

/** Downloads the wheel into the cache; it appears there whole or not at all. */
export async function downloadWheel(arch: string, { cache, log, signal }: CacheTask): Promise<string> {
  const machine = wheelFor(arch)!;
  await requireSpace(cache);
  return inPartialFolder(cache, async (partial) => {
    log(`downloading the wheel ${machine.distribution} ${wheelVersion} with pip (about 270 MB)`);
    await runPython(downloadArguments(machine, partial), { signal }).catch((error: Error) => {
      if (signal.aborted) throw error;
      throw problem(
        `The wheel couldn't be downloaded. Give one by --wheel FILE, or a libtensorflow by --from DIR.\n${error.message}`,
        error,
      );
    });
    const [name] = (await readdir(partial)).filter((file) => file.endsWith('.whl'));
    if (!name) throw problem('pip has downloaded no wheel, and said nothing.');
    const wheel = join(cache, name);
    await rename(join(partial, name), wheel);
    return wheel;
  });
}

/** Unpacks a wheel into the cache, whole or not at all; one that is unpacked already is taken as it is. */
export async function unpackWheel(wheel: string, task: CacheTask): Promise<TensorFlowFolder> {
  const { cache, log } = task;
  const folder = unpackedFolder(cache, wheel);
  const earlier = tensorflowIn(folder);
  // Ours to remove only where the download put it.
  const removeDownload = async () => {
    if (dirname(wheel) === cache) await rm(wheel, { force: true });
  };
  if (!('missing' in earlier)) {
    log(`unpacked earlier: ${folder}`);
    await removeDownload();
    return earlier;
  }
  log(`unpacking ${basename(wheel)} to ${folder} (about 860 MB)`);
  await requireSpace(cache);
  try {
    await unpackTo(folder, wheel, task);
  } catch (error) {
    // A broken download would stand in the way of the next run.
    if (!task.signal.aborted) await removeDownload();
    throw error;
  }
  await removeDownload();
  return tensorflowIn(folder) as TensorFlowFolder;
}

async function unpackTo(folder: string, wheel: string, { cache, signal }: CacheTask): Promise<void> {
  await inPartialFolder(cache, async (partial) => {
    await runPython([unpackScript, wheel, partial], { signal });
    const files = tensorflowIn(partial);
    if ('missing' in files) throw problem(`${wheel} has no ${files.missing.join(', no ')}.`);
    // What is there by now is incomplete, or the same from another run.
    await rm(folder, { recursive: true, force: true });
    await rename(partial, folder);
  });
}

async function requireSpace(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= neededBytes) return;
  throw problem(
    `${folder} has ${(bavail * bsize) / 1e9} GB left, and ${neededBytes / 1e9} GB are needed: make room, or set ` +
      'XDG_CACHE_HOME to a folder on another disk.',
  );
}
