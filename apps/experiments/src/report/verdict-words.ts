import { fewestSeeds, type Verdict } from './verdict.js';

/** What a verdict says of its claim, and by how many seeds where those are too few to say it. */
export function verdictWords(verdict: Verdict, seeds: number): string {
  switch (verdict) {
    case 'holds':
      return 'holds';
    case 'reversed':
      return "doesn't hold: the other way round";
    case 'open':
      return seeds < fewestSeeds ? tooFewWords(seeds) : "can't be told from these seeds";
  }
}

/** As in "3 seeds are too few to tell". */
export function tooFewWords(seeds: number): string {
  return `${seeds === 1 ? '1 seed is' : `${seeds} seeds are`} too few to tell`;
}
