import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly killedBy: NodeJS.Signals | null;
  readonly stdout: string;
  /** The text on stderr, except for the lines in `reads`. */
  readonly stderr: string;
  /** The lines of stderr that describe the data that were read. */
  readonly reads: readonly string[];
}

export interface Running {
  readonly ended: Promise<Ended>;
  kill(signal: NodeJS.Signals): void;
}

/** The environment that the program is started in. */
export interface Surroundings {
  readonly env?: Readonly<Record<string, string>>;
  /** The size limit for files that it writes, in units of 512 bytes. */
  readonly fileBlocks?: number;
  /** The path that stdout is redirected to. */
  readonly output?: string;
}

/** Starts the command-line program as a process. */
export function start(args: readonly string[], { env, fileBlocks, output }: Surroundings = {}): Running {
  const limit = fileBlocks === undefined ? '' : `ulimit -f ${fileBlocks};`;
  const redirection = output === undefined ? '' : `> ${output}`;
  const inShell = ['sh', '-c', `${limit} exec "$@" ${redirection}`, 'sh'];
  const needsShell = fileBlocks !== undefined || output !== undefined;
  return started([...(needsShell ? inShell : []), process.execPath, bin, ...args], env);
}

/**
 * Runs the program until it ends in a pseudoterminal made by util-linux's `script`; all output is in
 * `stdout`.
 */
export function inTerminal(args: readonly string[], env: Surroundings['env']): Promise<Ended> {
  const command = [process.execPath, bin, ...args].map((word) => `'${word}'`).join(' ');
  return started(['script', '-qec', command, '/dev/null'], env).ended;
}

function started([file, ...args]: readonly string[], env: Surroundings['env']): Running {
  const child = spawn(file!, args, { env: { ...process.env, ...env } });
  const texts = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      texts[stream] += text;
    });
  }
  return {
    ended: new Promise((resolve) => {
      child.on('close', (code, killedBy) => {
        const lines = texts.stderr.split(/(?<=\n)/);
        const isRead = (line: string) => line.startsWith('fuseinit: Reads ');
        const stderr = lines.filter((line) => !isRead(line)).join('');
        resolve({ code, killedBy, stdout: texts.stdout, stderr, reads: lines.filter(isRead) });
      });
    }),
    kill: (signal) => child.kill(signal),
  };
}

/** Runs the program until it ends. */
export function fuseinit(args: readonly string[], surroundings?: Surroundings): Promise<Ended> {
  return start(args, surroundings).ended;
}
