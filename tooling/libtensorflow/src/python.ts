import { tmpdir } from 'node:os';
import { type CommandOptions, runCommand } from './run-command.js';

/** The Python that node-gyp would run too. */
export const python = process.env.PYTHON || 'python3';

/** Runs Python away from the current folder, whose files it could take for modules. */
export function runPython(args: readonly string[], options: CommandOptions = {}): Promise<string> {
  return runCommand(python, args, { cwd: tmpdir(), ...options });
}

/** The folder of an installed Python tensorflow, found without importing it. */
export async function installedTensorflow(signal?: AbortSignal): Promise<string | undefined> {
  const script = [
    'import importlib.util, os',
    "spec = importlib.util.find_spec('tensorflow')",
    "print(os.path.dirname(spec.origin) if spec and spec.origin else '')",
  ].join('\n');
  return (await runPython(['-c', script], { signal })).trim() || undefined;
}

/** The version that a libtensorflow says it is; to say it, it is loaded, in a process of its own. */
export async function libraryVersion(library: string, signal?: AbortSignal): Promise<string> {
  const script = [
    'import ctypes, sys',
    'version = ctypes.CDLL(sys.argv[1]).TF_Version',
    'version.restype = ctypes.c_char_p',
    'print(version().decode())',
  ].join('\n');
  return (await runPython(['-c', script, library], { signal })).trim();
}
