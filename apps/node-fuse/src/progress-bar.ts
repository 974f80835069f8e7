import { SingleBar } from 'cli-progress';

/** Shows how far the whole job has come; nothing where nobody looks. */
export interface ProgressBar {
  /** @param done From 0 to 1. */
  show(done: number, doing: string): void;
  stop(): void;
}

/** A bar on the error stream, so that the output stays data. */
export function createProgressBar(): ProgressBar {
  if (!process.stderr.isTTY) return { show() {}, stop() {} };
  const bar = new SingleBar({
    stream: process.stderr,
    format: '{bar} {percentage} % | {duration_formatted} | {doing}',
    clearOnComplete: true,
    hideCursor: true,
  });
  bar.start(1000, 0, { doing: '' });
  return {
    show: (done, doing) => bar.update(Math.round(1000 * done), { doing }),
    stop: () => bar.stop(),
  };
}
