import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { linkDeps } from './deps-folder.js';
import { inPartialFolder } from './partial-folder.js';
import { bindingVersion } from './prove.js';
import { runCommand } from './run-command.js';
import type { TensorFlowFolder } from './tensorflow-folder.js';
import type { Toolchain } from './toolchain.js';

export interface BuildTask {
  readonly packageFolder: string;
  readonly nodeApi: number;
  readonly files: TensorFlowFolder;
  readonly toolchain: Toolchain;
  readonly signal: AbortSignal;
}

/**
 * Builds the binding from the package's own sources and puts it and its `deps` into the package.
 *
 * It is built from a copy: the package's files may be hard links into the installer's store, which must not
 * change, and what the compiler leaves behind goes with the copy.
 */
export async function buildBinding(task: BuildTask): Promise<void> {
  const { packageFolder, nodeApi, files, toolchain, signal } = task;
  await inPartialFolder(packageFolder, async (copy) => {
    for (const part of ['package.json', 'binding.gyp', 'binding'])
      await cp(join(packageFolder, part), join(copy, part), { recursive: true });
    await linkDeps(join(copy, 'deps'), files);
    const folder = `lib/napi-v${nodeApi}`;
    await runCommand(
      process.execPath,
      [
        toolchain.nodeGyp,
        'rebuild',
        '--jobs=max',
        '--module_name=tfjs_binding',
        `--module_path=${join(copy, folder)}`,
        `--napi_build_version=${nodeApi}`,
        `--napi_version=${nodeApi}`,
        ...(toolchain.headers ? [`--nodedir=${toolchain.headers}`] : []),
      ],
      { cwd: copy, signal },
    );
    // Where it can't be loaded, what was in the package before stays.
    await bindingVersion(join(copy, folder, 'tfjs_binding.node'), signal);
    await rm(join(packageFolder, 'deps'), { recursive: true, force: true });
    await rename(join(copy, 'deps'), join(packageFolder, 'deps'));
    await rm(join(packageFolder, folder), { recursive: true, force: true });
    await mkdir(join(packageFolder, 'lib'), { recursive: true });
    await rename(join(copy, folder), join(packageFolder, folder));
  });
}
