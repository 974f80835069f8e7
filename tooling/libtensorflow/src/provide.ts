import { join } from 'node:path';
import { buildBinding } from './build-binding.js';
import { cacheFolder } from './cache-folder.js';
import { type CacheTask, downloadWheel, unpackedFolder, unpackWheel } from './cached-tensorflow.js';
import { depsLeadTo } from './deps-folder.js';
import { type InstalledPackage, installedPackage } from './installed-package.js';
import { problem } from './problem.js';
import { bindingVersion, prove } from './prove.js';
import { installedTensorflow, libraryVersion } from './python.js';
import { type Asked, askedSource, type Source, sourceAtHand } from './source.js';
import { thisSystem, unsupported } from './system.js';
import { type TensorFlowFolder, tensorflowIn } from './tensorflow-folder.js';
import { requireToolchain } from './toolchain.js';

export interface ProvideTask {
  readonly asked: Asked;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Provides what is missing of the native backend, and nothing where nothing is. */
export async function provide({ asked, log, signal }: ProvideTask): Promise<void> {
  const system = thisSystem();
  const refusal = unsupported(system);
  if (refusal) throw problem(refusal);
  const installed = installedPackage();
  log(`@tensorflow/tfjs-node-gpu ${installed.packageVersion}: ${installed.packageFolder}`);
  const wanted = askedSource(asked, system.arch);
  const task = { cache: cacheFolder(process.env), log, signal };
  if (await isThere(installed, wanted, task)) return;

  const toolchain = await requireToolchain(signal);
  const source =
    wanted ??
    (await sourceAtHand({ python: await installedTensorflow(signal), cache: task.cache, arch: system.arch }));
  let files: TensorFlowFolder;
  if (source?.kind === 'folder') {
    log(`taking libtensorflow from ${source.from}`);
    files = source.files;
  } else {
    files = await unpackWheel(source?.file ?? (await downloadWheel(system.arch, task)), task);
  }
  log(`TensorFlow ${await supportedVersion(files.library, signal)}: ${files.library}`);

  log(
    `building the binding for Node-API ${installed.nodeApi} with node-gyp ` +
      `(Node's headers: ${toolchain.headers ?? 'node-gyp downloads them'})`,
  );
  const { packageFolder, nodeApi } = installed;
  await buildBinding({ packageFolder, nodeApi, files, toolchain, signal });
  log(`built: ${installed.binding}`);
  const { tensorflow, device, relativeError, milliseconds } = await prove(signal);
  log(
    `loaded: TensorFlow ${tensorflow} on ${device}; a 256x256 product in ${milliseconds.toFixed(1)} ms, ` +
      `${relativeError.toExponential(1)} from float64`,
  );
  if (!(relativeError < acceptedError))
    throw problem(`The product is ${relativeError} from float64: expected less than ${acceptedError}.`);
}

/** 256 float32 products summed one after the other, each rounded by half a unit in the last place. */
const acceptedError = 256 * 2 ** -24;

/** Whether the binding loads, and from the library that was asked for, where one was. */
async function isThere(
  installed: InstalledPackage,
  wanted: Source | undefined,
  { cache, log, signal }: CacheTask,
): Promise<boolean> {
  if (installed.state !== 'built') return false;
  if (wanted) {
    const files = wanted.kind === 'folder' ? wanted.files : tensorflowIn(unpackedFolder(cache, wanted.file));
    if ('missing' in files || !depsLeadTo(join(installed.packageFolder, 'deps'), files)) return false;
  }
  try {
    const version = await bindingVersion(installed.binding, signal);
    log(`already there: ${installed.binding} loads, TensorFlow ${version}`);
    return true;
  } catch (error) {
    if (signal.aborted) throw error;
    log(`${installed.binding} is there and doesn't load: building it anew`);
    return false;
  }
}

async function supportedVersion(library: string, signal: AbortSignal): Promise<string> {
  const version = await libraryVersion(library, signal);
  if (isSupportedVersion(version)) return version;
  throw problem(
    `${library} is TensorFlow ${version}: the binding needs 2.9 or a later 2.x (2.21.0 is what is tested).`,
  );
}

/** tfjs-node 4.22.0 was written for TensorFlow 2.9; the C API keeps its promises within 2.x. */
export function isSupportedVersion(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major === 2 && minor >= 9;
}
