import { fork } from 'node:child_process';

/** The message that a child process sends before it ends. */
type ChildMessage<Answer> = { readonly answer: Answer } | { readonly failed: string };

/**
 * Runs one order in a module in a process of its own, so that neither memory nor warm code is left from
 * earlier runs.
 *
 * @param module A file that calls {@link answerOrder}.
 * @param signal Ends the process when it fires.
 * @throws Error with what failed in it, or how it ended.
 */
export function inChild<Answer>(module: string, order: object, signal?: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const child = fork(module, {
      // TensorFlow prints greetings to both streams; failures arrive as messages.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      ...(signal && { signal }),
    });
    let message: ChildMessage<Answer> | undefined;
    child.on('message', (received: ChildMessage<Answer>) => {
      message = received;
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (message && 'answer' in message) resolve(message.answer);
      else reject(new Error(message ? message.failed : `Its process ended (${signal ?? code}).`));
    });
    child.send(order);
  });
}

/** Runs in the child process: takes its one order, answers it, and ends the process. */
export function answerOrder<Order, Answer>(work: (order: Order) => Promise<Answer>): void {
  process.once('message', async (order: Order) => {
    let message: ChildMessage<Answer>;
    try {
      message = { answer: await work(order) };
    } catch (error) {
      message = { failed: error instanceof Error ? error.message : String(error) };
    }
    process.send!(message, () => process.exit());
  });
}
