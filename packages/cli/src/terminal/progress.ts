import { SingleBar } from 'cli-progress';
import { clipped } from './printable.js';

/** Shows the progress of a command. */
export interface Progress {
  /** @param share The progress from 0 to 1, if it is known. */
  show(doing: string, share?: number): void;
  /** Writes a line that isn't overwritten. */
  above(line: string): void;
  stop(): void;
}

/** Shows progress on stderr, so that stdout stays data, and only on a terminal. */
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
    // Otherwise the bar would handle Ctrl-C itself, and the user would have to press it twice.
    gracefulExit: false,
  });
}

/** A stage of a longer task, and the share of the whole time that it usually takes. */
export interface Stage<Name extends string> {
  readonly name: Name;
  readonly share: number;
}

/**
 * Makes one progress display for several stages: each shows itself as a part of the whole.
 *
 * @returns The progress display of each stage.
 */
export function stagesOf<Name extends string>(
  progress: Progress,
  stages: readonly Stage<Name>[],
): Readonly<Record<Name, Progress>> {
  const total = stages.reduce((sum, { share }) => sum + share, 0);
  const started = performance.now();
  let before = 0;
  let furthest = 0;
  const displays = stages.map(({ name, share: own }, index) => {
    const from = before / total;
    before += own;
    const display: Progress = {
      ...progress,
      show(doing, share = 0) {
        // A stage of several passes starts again with each pass, but the overall progress doesn't go back.
        furthest = Math.max(furthest, from + (Math.min(1, share) * own) / total);
        const elapsed = (performance.now() - started) / 1000;
        const left = furthest > 0.05 ? ` (${Math.ceil((elapsed / furthest) * (1 - furthest))} s left)` : '';
        progress.show(`${index + 1}/${stages.length} ${name}${left}: ${doing}`, furthest);
      },
    };
    return [name, display];
  });
  return Object.fromEntries(displays) as Record<Name, Progress>;
}
