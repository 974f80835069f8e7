import { FuseInitError } from '@fuseinit/core';

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

/** A request to a worker, which answers each with `{ id }`, `{ id, bytes }` or `{ id, failure }`. */
type KernelRequest = { readonly id: number } & (
  | {
      readonly action: 'start';
      readonly module: WebAssembly.Module;
      /** Absent where memory isn't shared: the worker then has its own. */
      readonly memory?: WebAssembly.Memory;
      readonly mostPages: number;
      readonly sync: number;
      readonly number: number;
      readonly threads: number;
    }
  | {
      readonly action: 'run';
      readonly calls: readonly (readonly [kernel: string, ...parameters: number[]])[];
    }
  | { readonly action: 'grow'; readonly pages: number }
  | { readonly action: 'write'; readonly address: number; readonly bytes: Uint8Array }
  | { readonly action: 'clear'; readonly address: number; readonly length: number }
  | { readonly action: 'read'; readonly address: number; readonly length: number }
);

interface KernelAnswer {
  readonly id: number;
  readonly bytes?: Uint8Array;
  readonly failure?: string;
}

/**
 * The whole of a worker. It is started from its own text, so that it works under any bundler, and must
 * therefore use nothing from outside itself.
 */
function serveKernels(
  listen: (receive: (request: KernelRequest) => void) => void,
  answer: (answer: KernelAnswer, transfer: ArrayBuffer[]) => void,
): void {
  let kernels: { readonly [kernel: string]: (...parameters: number[]) => void };
  let memory: WebAssembly.Memory;
  let team: readonly [number, number, number];
  listen((request) => {
    const { id } = request;
    try {
      let bytes: Uint8Array<ArrayBuffer> | undefined;
      if (request.action === 'start') {
        memory = request.memory ?? new WebAssembly.Memory({ initial: 1, maximum: request.mostPages });
        const sleep = (address: number, value: number) => {
          Atomics.wait(new Int32Array(memory.buffer), address / 4, value);
        };
        kernels = new WebAssembly.Instance(request.module, { team: { sleep }, env: { memory } })
          .exports as typeof kernels;
        team = [request.number, request.threads, request.sync];
      } else if (request.action === 'run') {
        for (const [kernel, ...parameters] of request.calls) kernels[kernel]!(...team, ...parameters);
      } else if (request.action === 'grow') {
        memory.grow(request.pages - memory.buffer.byteLength / 65536);
      } else if (request.action === 'write') {
        new Uint8Array(memory.buffer).set(request.bytes, request.address);
      } else if (request.action === 'clear') {
        new Uint8Array(memory.buffer, request.address, request.length).fill(0);
      } else {
        bytes = new Uint8Array(memory.buffer as ArrayBuffer, request.address, request.length).slice();
      }
      answer(bytes ? { id, bytes } : { id }, bytes ? [bytes.buffer] : []);
    } catch (error) {
      answer({ id, failure: String(error) }, []);
    }
  });
}

interface NodeModules {
  worker_threads: {
    Worker: new (
      source: string,
      options: { eval: true; execArgv: string[] },
    ) => {
      on(event: 'message', receive: (value: never) => void): void;
      on(event: 'error', receive: (error: unknown) => void): void;
      on(event: 'exit', receive: (code: number) => void): void;
      postMessage(value: unknown, transfer: ArrayBuffer[]): void;
      ref(): void;
      unref(): void;
      terminate(): Promise<number>;
    };
  };
  os: { availableParallelism(): number };
}

/**
 * A module of Node's own, or nothing elsewhere: asked for in a way that bundlers for pages don't try to
 * resolve.
 */
export function nodeModule<Name extends keyof NodeModules>(name: Name): NodeModules[Name] | undefined {
  const { process } = globalThis as {
    process?: { getBuiltinModule?: (id: string) => unknown; versions?: { node?: string } };
  };
  if (!process?.versions?.node) return undefined;
  return process.getBuiltinModule?.(`node:${name}`) as NodeModules[Name] | undefined;
}
