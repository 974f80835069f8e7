import { SingleBar } from 'cli-progress';
import { clipped } from './printable.js';

/** Shows how far a command has come. */
export interface Progress {
  /** @param share From 0 to 1; left out where nobody knows. */
  show(doing: string, share?: number): void;
  /** Writes a line that stays. */
  above(line: string): void;
  stop(): void;
}

/** On stderr, so that the output stays data; nothing where nobody looks. */
export function createProgress(quiet: boolean): Progress {
  const above = (line: string) => void process.stderr.write(`${line}\n`);
  if (quiet || !process.stderr.isTTY) return { show() {}, above, stop() {} };
  let bar: SingleBar | undefined;
  const stop = () => {
    bar?.stop();
    bar = undefined;
  };
  return {
    show(doing, share = 0) {
      const told = { doing: clipped(doing, 36) };
      if (bar === undefined) {
        bar = createBar();
        bar.start(1000, 0, told);
      }
      bar.update(Math.round(1000 * Math.min(1, share)), told);
    },
    above(line) {
      stop();
      above(line);
    },
    stop,
  };
}

function createBar(): SingleBar {
  return new SingleBar({
    stream: process.stderr,
    format: '{bar} {percentage} % | {doing}',
    barsize: 30,
    clearOnComplete: true,
    hideCursor: true,
    // Else a second Ctrl-C has to be sent, since it listens too.
    gracefulExit: false,
  });
}
