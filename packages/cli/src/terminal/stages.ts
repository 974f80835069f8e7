import type { Progress } from './progress.js';

/** A part of a longer work, and the share of the whole time that it usually takes. */
export interface Stage<Name extends string> {
  readonly name: Name;
  readonly share: number;
}

/**
 * One progress display over several stages: each shows itself as a part of the whole.
 *
 * @returns The display of each stage.
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
        // What is done in several passes starts anew; the whole doesn't go back.
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
