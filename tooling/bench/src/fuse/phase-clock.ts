/** What a fusion does: runs networks, multiplies, solves, builds the student; or anything else. */
export const phases = ['forward', 'products', 'solve', 'build', 'other'] as const;

export type Phase = (typeof phases)[number];

/** Tells how long was spent in each phase; it is always in one. */
export interface PhaseClock {
  readonly phase: Phase;
  enter(phase: Phase): void;
  /** Spent in each so far: together, all time since the clock was made. */
  seconds(): Readonly<Record<Phase, number>>;
}

/** A clock that starts in `'other'`. @param now Milliseconds. */
export function createPhaseClock(now: () => number = () => performance.now()): PhaseClock {
  const spent = Object.fromEntries(phases.map((phase) => [phase, 0])) as Record<Phase, number>;
  let phase: Phase = 'other';
  let since = now();
  const settle = () => {
    const time = now();
    spent[phase] += (time - since) / 1000;
    since = time;
  };
  return {
    get phase() {
      return phase;
    },
    enter(next) {
      settle();
      phase = next;
    },
    seconds() {
      settle();
      return { ...spent };
    },
  };
}
