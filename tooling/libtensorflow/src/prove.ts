import { fileURLToPath } from 'node:url';
import { problem } from './problem.js';
import { runCommand } from './run-command.js';

/** The result of testing the native backend in a separate process. */
export interface Proof {
  readonly tensorflow: string;
  readonly device: 'cpu' | 'cuda';
  /**
   * The largest error of a product of two 256x256 matrices in float32 against float64, relative to the
   * largest entry.
   */
  readonly relativeError: number;
  readonly milliseconds: number;
}

const quiet = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' };

/**
 * The version of TensorFlow that a binding reaches, which proves that it loads.
 *
 * @throws BACKEND_UNAVAILABLE with what the system's loader says.
 */
export async function bindingVersion(binding: string, signal?: AbortSignal): Promise<string> {
  const script = `try { console.log(require(process.argv[1]).TF_Version) }
    catch (error) { console.log(JSON.stringify(error.message.split('\\n')[0])) }`;
  const said = (await runCommand(process.execPath, ['-e', script, binding], { env: quiet, signal })).trim();
  if (said.startsWith('"')) throw problem(`${binding} doesn't load: ${JSON.parse(said)}.`);
  return said;
}

/** Loads the backend as any program would, and multiplies. */
export async function prove(signal?: AbortSignal): Promise<Proof> {
  const program = fileURLToPath(new URL('./multiply.js', import.meta.url));
  const lines = await runCommand(process.execPath, [program], { env: quiet, signal });
  return JSON.parse(lines.trim().split('\n').at(-1)!) as Proof;
}
