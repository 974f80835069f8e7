import { openModule } from '@fuseinit/chromium';
import { createAdapter, startBackend } from '@fuseinit/node-backends';
import type { BackendName } from './backend-name.js';
import { type TaskInput, type TaskName, type TaskResult, tasks } from './tasks.js';

/** A started backend that tasks run on. */
export interface OpenBackend {
  readonly name: BackendName;
  readonly computesOn: string;
  /** Whether WebGL renders 16-bit floats. */
  readonly halfFloats: boolean;
  run<Name extends TaskName>(task: Name, input: TaskInput<Name>): Promise<TaskResult<Name>>;
  close(): Promise<void>;
}

export interface OpenOptions {
  /** Makes WebGL render 16-bit floats, as it does on some phones. */
  readonly halfFloats?: boolean;
  /** Leaves the kernels as TensorFlow.js has them; the task `layers` repairs them at its end. */
  readonly stock?: boolean;
}

/** Starts a backend: webgl in a Chromium of its own, the others in this process. */
export async function openBackend(name: BackendName, options: OpenOptions = {}): Promise<OpenBackend> {
  if (name !== 'webgl') {
    const started = await startBackend(name, undefined, { repair: !options.stock });
    const device = { tf: started.tf, backend: await createAdapter(started) };
    return {
      name,
      computesOn: started.computesOn,
      halfFloats: false,
      run: (task, input) => (tasks[task] as (...of: unknown[]) => Promise<never>)(device, input),
      close: async () => {},
    };
  }
  const page = await openModule(new URL('./in-page.js', import.meta.url));
  if (options.halfFloats) await page.call('renderHalfFloats');
  if (!options.stock) await page.call('run', 'repair', null);
  return {
    name,
    computesOn: (await page.call('computesOn')) as string,
    halfFloats: options.halfFloats ?? false,
    run: (task, input) => page.call('run', task, input ?? null) as Promise<never>,
    close: () => page.close(),
  };
}
