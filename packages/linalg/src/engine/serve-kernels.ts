/** What a worker is asked; it answers each with `{ id }`, `{ id, bytes }` or `{ id, failure }`. */
export type KernelRequest = { readonly id: number } & (
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

export interface KernelAnswer {
  readonly id: number;
  readonly bytes?: Uint8Array;
  readonly failure?: string;
}

/**
 * The whole of a worker. It is started from its own text, so that it works under any bundler, and must therefore use
 * nothing from outside itself.
 */
export function serveKernels(
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
