import { FuseInitError } from '@fuseinit/core';
import { nodeModule } from './node-module.js';
import { type KernelAnswer, type KernelRequest, serveKernels } from './serve-kernels.js';

/** A thread that runs kernels. */
export interface KernelWorker {
  /** @throws ENGINE_FAILED when the thread ends before it answers, or answers with an error. */
  ask(
    request: DistributiveOmit<KernelRequest, 'id'>,
    transfer?: ArrayBuffer[],
  ): Promise<Uint8Array | undefined>;
  terminate(): void;
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

interface Port {
  post(request: KernelRequest, transfer: ArrayBuffer[]): void;
  /** Whether the program waits for this thread: only while it is asked something. */
  keepsProgramAlive(keeps: boolean): void;
  terminate(): void;
}

/** Starts a thread: a worker of Node, or of the page. */
export function startWorker(): KernelWorker {
  const waiting = new Map<
    number,
    { resolve: (bytes?: Uint8Array) => void; reject: (error: Error) => void }
  >();
  let next = 0;
  let failure: FuseInitError | undefined;

  function fail(reason: string): void {
    failure ??= new FuseInitError('ENGINE_FAILED', `A thread of the linear algebra ended: ${reason}.`);
    for (const { reject } of waiting.values()) reject(failure);
    waiting.clear();
  }

  const port = openPort(({ id, bytes, failure: reason }) => {
    const { resolve, reject } = waiting.get(id) ?? {};
    waiting.delete(id);
    if (waiting.size === 0) port.keepsProgramAlive(false);
    if (reason === undefined) resolve?.(bytes);
    else reject?.(new FuseInitError('ENGINE_FAILED', `A kernel of the linear algebra failed: ${reason}.`));
  }, fail);

  return {
    ask: (request, transfer = []) =>
      new Promise((resolve, reject) => {
        if (failure) {
          reject(failure);
          return;
        }
        const id = next++;
        waiting.set(id, { resolve, reject });
        port.keepsProgramAlive(true);
        port.post({ ...request, id } as KernelRequest, transfer);
      }),
    terminate() {
      fail('it was closed');
      port.terminate();
    },
  };
}

function openPort(receive: (answer: KernelAnswer) => void, fail: (reason: string) => void): Port {
  const threads = nodeModule('worker_threads');
  if (threads) {
    const source = `const { parentPort } = require('node:worker_threads');
(${serveKernels})((receive) => parentPort.on('message', receive), (answer, transfer) => parentPort.postMessage(answer, transfer));`;
    // Flags of the program, such as a debugger's or a loader's, aren't the worker's.
    const worker = new threads.Worker(source, { eval: true, execArgv: [] });
    worker.on('message', receive);
    worker.on('error', (error) => fail(String(error)));
    worker.on('exit', (code) => fail(`exit code ${code}`));
    worker.unref();
    return {
      post: (request, transfer) => worker.postMessage(request, transfer),
      keepsProgramAlive: (keeps) => (keeps ? worker.ref() : worker.unref()),
      terminate: () => void worker.terminate(),
    };
  }
  const source = `(${serveKernels})((receive) => { onmessage = ({ data }) => receive(data); }, (answer, transfer) => postMessage(answer, transfer));`;
  const address = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  const worker = new Worker(address);
  worker.onmessage = ({ data }: MessageEvent<KernelAnswer>) => {
    URL.revokeObjectURL(address);
    receive(data);
  };
  worker.onerror = ({ message }) => fail(message ?? 'it could not be started');
  return {
    post: (request, transfer) => worker.postMessage(request, transfer),
    keepsProgramAlive: () => {},
    terminate: () => worker.terminate(),
  };
}
