import { nodeGyp } from './node-gyp.js';
import { nodeHeaders } from './node-headers.js';
import { problem } from './problem.js';
import { python } from './python.js';
import { runCommand } from './run-command.js';

/** The tools that compile the binding. */
export interface Toolchain {
  readonly nodeGyp: string;
  /** The folder of Node's headers; undefined if node-gyp is to download them. */
  readonly headers: string | undefined;
}

/** A tool that is there, with its first line of version, or what to do where it isn't. */
export interface Tool {
  readonly name: string;
  readonly found: string | undefined;
  readonly mend: string;
}

const compiler = process.env.CXX || 'g++';

/** Every tool that a build runs, found or not. */
export async function tools(signal?: AbortSignal): Promise<Tool[]> {
  const apt = (name: string) => `install it, on Debian or Ubuntu by apt-get install ${name}`;
  return Promise.all([
    tool(python, apt('python3'), signal),
    tool(compiler, apt('g++'), signal),
    tool('make', apt('make'), signal),
    {
      name: 'node-gyp',
      found: nodeGyp(),
      mend: 'npm brings it along: start this by npm run libtensorflow',
    },
  ]);
}

async function tool(name: string, mend: string, signal: AbortSignal | undefined): Promise<Tool> {
  const version = await runCommand(name, ['--version'], { signal }).catch((error) => {
    if (signal?.aborted) throw error;
    return undefined;
  });
  return { name, found: version?.split('\n')[0], mend };
}

/**
 * The tools of a build.
 *
 * @throws BACKEND_UNAVAILABLE when some are missing: all of them are named.
 */
export async function requireToolchain(signal?: AbortSignal): Promise<Toolchain> {
  const missing = (await tools(signal)).filter(({ found }) => found === undefined);
  if (missing.length > 0)
    throw problem(
      `The binding can't be built: ${missing.map(({ name, mend }) => `${name} is missing (${mend})`).join('; ')}.`,
    );
  return { nodeGyp: nodeGyp()!, headers: nodeHeaders() };
}
