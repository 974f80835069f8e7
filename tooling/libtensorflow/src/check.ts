import { cacheFolder } from './cache-folder.js';
import { installedPackage } from './installed-package.js';
import { nodeHeaders } from './node-headers.js';
import { bindingVersion } from './prove.js';
import { installedTensorflow } from './python.js';
import { type Asked, askedSource, sourceAtHand } from './source.js';
import { thisSystem, unsupported } from './system.js';
import { tools } from './toolchain.js';

/** Says what is there and what is missing, and returns whether the native backend can be used. */
export async function check(
  asked: Asked,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<boolean> {
  const system = thisSystem();
  log(`system: ${unsupported(system) ?? `${system.platform} ${system.arch}, glibc ${system.glibc}`}`);
  const usable = await checkBinding(log, signal);
  const source = await describeSource(asked, system.arch, signal).catch((error: Error) => error.message);
  log(`libtensorflow at hand: ${source ?? 'none; pip would download it'}`);
  for (const { name, found, mend } of await tools(signal)) log(`${name}: ${found ?? `missing (${mend})`}`);
  log(`Node's headers: ${nodeHeaders() ?? 'none beside Node; node-gyp would download them'}`);
  log(usable ? 'The native backend can be used.' : "The native backend can't be used: npm run libtensorflow");
  return usable;
}

async function checkBinding(log: (line: string) => void, signal: AbortSignal): Promise<boolean> {
  try {
    const { state, packageVersion, packageFolder, binding } = installedPackage();
    log(`@tensorflow/tfjs-node-gpu: ${packageVersion}, ${packageFolder}`);
    if (state !== 'built') {
      log(`binding: ${state}, nothing at ${binding}`);
      return false;
    }
    log(`binding: ${binding} loads, TensorFlow ${await bindingVersion(binding, signal)}`);
    return true;
  } catch (error) {
    if (signal.aborted) throw error;
    log((error as Error).message);
    return false;
  }
}

async function describeSource(asked: Asked, arch: string, signal: AbortSignal): Promise<string | undefined> {
  const source =
    askedSource(asked, arch) ??
    (await sourceAtHand({
      python: await installedTensorflow(signal),
      cache: cacheFolder(process.env),
      arch,
    }));
  return source?.kind === 'folder' ? source.from : source?.kind === 'wheel' ? source.file : undefined;
}
