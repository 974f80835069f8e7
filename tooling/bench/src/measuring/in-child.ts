import { fork } from 'node:child_process';

/** What a child tells before it ends. */
type ChildMessage<Answer> = { readonly answer: Answer } | { readonly failed: string };

/**
 * Has a module do one thing in a process of its own, so that neither memory nor warm code is left of what ran
 * before.
 *
 * @param module A file that calls {@link answerOrder}.
 * @param signal Ends the process when it fires.
 * @throws Error with what failed in it, or how it ended.
 */
export function inChild<Answer>(module: string, order: object, signal?: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const child = fork(module, {
      // TensorFlow greets on both; what fails comes as a message.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      ...(signal && { signal }),
    });
    let message: ChildMessage<Answer> | undefined;
    child.on('message', (came: ChildMessage<Answer>) => {
      message = came;
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (message && 'answer' in message) resolve(message.answer);
      else reject(new Error(message ? message.failed : `Its process ended (${signal ?? code}).`));
    });
    child.send(order);
  });
}

/** In the child: takes its one order, answers, and ends. */
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
