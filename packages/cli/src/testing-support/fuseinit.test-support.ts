import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly killedBy: NodeJS.Signals | null;
  readonly stdout: string;
  /** All but what was read. */
  readonly stderr: string;
  /** The lines of stderr that say what was read. */
  readonly reads: readonly string[];
}

export interface Running {
  readonly ended: Promise<Ended>;
  kill(signal: NodeJS.Signals): void;
}

/** What the program is started with, other than in a shell of one's own. */
export interface Surroundings {
  readonly env?: Readonly<Record<string, string>>;
  /** Largest file that it may write, in units of 512 bytes. */
  readonly fileBlocks?: number;
  /** Where its stdout goes, instead of to the test. */
  readonly output?: string;
}

/** Starts the bin itself, as a shell would. */
export function start(args: readonly string[], { env, fileBlocks, output }: Surroundings = {}): Running {
  const limit = fileBlocks === undefined ? '' : `ulimit -f ${fileBlocks};`;
  const redirection = output === undefined ? '' : `> ${output}`;
  const inShell = ['sh', '-c', `${limit} exec "$@" ${redirection}`, 'sh'];
  const needsShell = fileBlocks !== undefined || output !== undefined;
  return started([...(needsShell ? inShell : []), process.execPath, bin, ...args], env);
}

/** Runs it to its end in a terminal, as util-linux's script makes one; all it writes is its stdout. */
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

/** Runs it to its end. */
export function fuseinit(args: readonly string[], surroundings?: Surroundings): Promise<Ended> {
  return start(args, surroundings).ended;
}
