import { parseArgs } from 'node:util';
import type { Asked } from './source.js';

export const usage = `Provides the native part of @tensorflow/tfjs-node-gpu: a libtensorflow, and the binding built against it.

  npm run libtensorflow -- [--from DIR | --wheel FILE] [--check]

The library is taken from the first of these:
  --from DIR     an unpacked libtensorflow (lib and include), or the tensorflow folder of Python's site-packages
  --wheel FILE   a wheel of tensorflow or tensorflow-cpu
  LIBTENSORFLOW_DIR in the environment, as --from
  a tensorflow that python3 has installed
  what an earlier run has unpacked, in XDG_CACHE_HOME or ~/.cache
  a wheel that pip downloads (270 MB; 860 MB unpacked)

  --check        says what is there and what is missing, and changes nothing; exit code 1 when it can't be used
  --help`;

export interface Arguments extends Asked {
  readonly check: boolean;
  readonly help: boolean;
}

/** The call, or why it can't be taken. */
export function parseArguments(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Arguments | { readonly refusal: string } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        from: { type: 'string' },
        wheel: { type: 'string' },
        check: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    const { from, wheel, check, help } = values;
    if (from !== undefined && wheel !== undefined)
      return { refusal: '--from and --wheel name two sources: give one.' };
    return { from, wheel, check, help, environment: env.LIBTENSORFLOW_DIR };
  } catch (error) {
    return { refusal: (error as Error).message };
  }
}
