import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { FuseInitError } from '@fuseinit/core';

const script = fileURLToPath(new URL('../../numpy/serve.py', import.meta.url));

/**
 * A Python process that holds one problem at a time and solves it with NumPy, one request after the other.
 */
export interface NumpyProcess {
  /** The versions of Python, NumPy and its BLAS. */
  readonly versions: Readonly<Record<'python' | 'numpy' | 'blas', string>>;
  /** @throws Error with what failed in Python. */
  ask<Answer>(request: { readonly do: string } & Record<string, unknown>): Promise<Answer>;
  close(): void;
}

/**
 * Starts a Python process with NumPy.
 *
 * @param threads The number of threads that its BLAS may use.
 * @throws BACKEND_UNAVAILABLE if python3 or NumPy isn't installed.
 */
export async function startNumpy(threads: number): Promise<NumpyProcess> {
  const count = String(threads);
  const child = spawn('python3', [script], {
    env: { ...process.env, OPENBLAS_NUM_THREADS: count, OMP_NUM_THREADS: count, MKL_NUM_THREADS: count },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<Error>((resolve) => {
    child.on('error', resolve);
    child.on('exit', (code, signal) => resolve(new Error(`Python ended (${signal ?? code}).`)));
    // The exit event reports that Python has ended.
    child.stdin.on('error', () => {});
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async <Answer>(request: object): Promise<Answer> => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    const line = await Promise.race([lines.next(), ended]);
    if (line instanceof Error) throw line;
    if (line.done) throw await ended;
    const answer = JSON.parse(line.value) as { readonly failed?: string; readonly missing?: string };
    if (answer.missing) throw unavailable(`python3 has no ${answer.missing}`);
    if (answer.failed) throw new Error(`NumPy: ${answer.failed}`);
    return answer as Answer;
  };
  try {
    const versions = await ask<NumpyProcess['versions']>({ do: 'about' });
    return { versions, ask, close: () => child.stdin.end() };
  } catch (error) {
    child.stdin.end();
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw unavailable('there is no python3');
    throw error;
  }
}

function unavailable(what: string): FuseInitError {
  return new FuseInitError(
    'BACKEND_UNAVAILABLE',
    `${what}, which this benchmark compares with: install Python 3, then pip install numpy.`,
  );
}
