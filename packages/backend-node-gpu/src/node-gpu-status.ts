import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** What of `@tensorflow/tfjs-node-gpu` is there. */
export type NodeGpuStatus =
  | { readonly state: 'not-installed' }
  | {
      /**
       * `'built'`: the binding is where this Node looks for it. `'not-built'`: there is none.
       * `'other-node-api'`: there are some, for versions of Node-API that this Node doesn't take.
       */
      readonly state: 'built' | 'not-built' | 'other-node-api';
      readonly packageFolder: string;
      readonly packageVersion: string;
      /** Where the binding is, or would be. */
      readonly binding: string;
      /** The version of Node-API that `binding` is for. */
      readonly nodeApi: number;
      /** The versions of Node-API that a binding is there for. */
      readonly builtFor: readonly number[];
    };

interface Manifest {
  readonly version: string;
  readonly binary: { readonly napi_versions: readonly number[] };
}

/**
 * Looks for `@tensorflow/tfjs-node-gpu` and its native binding, in a millisecond: nothing is loaded, so a
 * library that the binding needs may still be missing.
 */
export function nodeGpuStatus(): NodeGpuStatus {
  let manifestPath: string;
  try {
    manifestPath = createRequire(import.meta.url).resolve('@tensorflow/tfjs-node-gpu/package.json');
  } catch {
    return { state: 'not-installed' };
  }
  const packageFolder = dirname(manifestPath);
  const { version, binary } = JSON.parse(readFileSync(manifestPath, 'utf8')) as Manifest;
  const highest = Number(process.versions.napi);
  const nodeApi = Math.max(...binary.napi_versions.filter((known) => known <= highest));
  const binding = bindingPath(packageFolder, nodeApi);
  const builtFor = nodeApisIn(packageFolder);
  return {
    state: builtFor.includes(nodeApi) ? 'built' : builtFor.length > 0 ? 'other-node-api' : 'not-built',
    packageFolder,
    packageVersion: version,
    binding,
    nodeApi,
    builtFor,
  };
}

function bindingPath(packageFolder: string, nodeApi: number): string {
  return join(packageFolder, 'lib', `napi-v${nodeApi}`, 'tfjs_binding.node');
}

function nodeApisIn(packageFolder: string): number[] {
  const lib = join(packageFolder, 'lib');
  return (existsSync(lib) ? readdirSync(lib) : [])
    .flatMap((name) => /^napi-v(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number)
    .filter((nodeApi) => existsSync(bindingPath(packageFolder, nodeApi)))
    .sort((a, b) => a - b);
}
