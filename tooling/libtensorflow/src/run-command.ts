import { spawn } from 'node:child_process';
import { FuseInitError } from '@fuseinit/core';
import { problem } from './problem.js';

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
}

/** Lines of a failed command's output that are worth showing. */
const shownLines = 25;

/**
 * Runs a command to its end and returns what it wrote to stdout. It and all that it starts end when the
 * signal fires.
 *
 * @throws BACKEND_UNAVAILABLE when it isn't there or fails, with the end of its output.
 * @throws ABORTED when the signal fires.
 */
export function runCommand(
  command: string,
  args: readonly string[],
  { cwd, env, signal }: CommandOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(new FuseInitError('ABORTED', 'Stopped.'));
      return;
    }
    // A process group of its own, so that a compiler two processes down is stopped too.
    const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    const stop = () => {
      try {
        process.kill(-child.pid!, 'SIGTERM');
      } catch {
        // It has just ended by itself.
      }
    };
    signal?.addEventListener('abort', stop);
    child.on('error', (error) => {
      signal?.removeEventListener('abort', stop);
      reject(problem(`${command} can't be run: ${error.message}.`, error));
    });
    child.on('close', (code, killedBy) => {
      signal?.removeEventListener('abort', stop);
      if (signal?.aborted) reject(new FuseInitError('ABORTED', 'Stopped.'));
      else if (code === 0) resolve(stdout);
      else {
        const end = output.trimEnd().split('\n').slice(-shownLines).join('\n');
        reject(problem(`${[command, ...args].join(' ')} failed (${code ?? killedBy}):\n${end}`));
      }
    });
  });
}
