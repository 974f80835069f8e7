import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { BackendName } from '@fuseinit/node-backends';
import type { ModelFormat } from '@fuseinit/tfjs/internal';

const program = fileURLToPath(new URL('../../main.js', import.meta.url));

/** How a model's first run is timed. */
interface FirstRunOptions {
  readonly backend: BackendName;
  readonly format: ModelFormat;
  readonly batchSize?: number;
  readonly plugin?: readonly string[] | undefined;
  readonly signal: AbortSignal;
}

/**
 * Times a saved model's first run as the first one of a process of its own: what a backend compiles and
 * allocates for one model, it needn't for the next one in the same process.
 *
 * @returns The time in seconds; null if the model can't be timed alone, such as one of open lengths.
 */
export async function firstRun(
  path: string,
  { backend, format, batchSize = 1, plugin = [], signal }: FirstRunOptions,
): Promise<number | null> {
  const asked = ['--backend', backend, '--format', format, '--batch-size', String(batchSize)];
  const plugins = plugin.flatMap((module) => ['--plugin', module]);
  const few = ['--seconds', '0', '--json', '--quiet'];
  try {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [program, 'bench', path, ...asked, ...plugins, ...few],
      { signal },
    );
    return (JSON.parse(stdout) as { readonly models: readonly { readonly first: number }[] }).models[0]!
      .first;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof SyntaxError) throw error;
    return null;
  }
}
