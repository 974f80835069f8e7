import type { ArmName } from '../arm.js';

/** Stands for the arm that the report calls the fused one: see `chosenFused`. */
export type Side = ArmName | 'the fused' | 'teacher';

/** One side of a comparison is better, in one aspect. */
export interface Claim {
  /** A sentence without its full stop. */
  readonly words: string;
  readonly better: Side;
  readonly other: Side;
  /** Before training, after it, or on average over its epochs. */
  readonly when: 'start' | 'course' | 'end';
}

/** What a reader would want to know of each student, in the order of tables. */
export const claims: readonly Claim[] = [
  { words: 'Fused starts better than random', better: 'the fused', other: 'random', when: 'start' },
  { words: 'Fused is ahead of random while training', better: 'the fused', other: 'random', when: 'course' },
  { words: 'Fused ends better than random', better: 'the fused', other: 'random', when: 'end' },
  { words: 'Fused starts better than inherited', better: 'the fused', other: 'inherited', when: 'start' },
  {
    words: 'Fused is ahead of inherited while training',
    better: 'the fused',
    other: 'inherited',
    when: 'course',
  },
  { words: 'Fused ends better than inherited', better: 'the fused', other: 'inherited', when: 'end' },
  { words: 'Fused starts better than composed', better: 'the fused', other: 'composed', when: 'start' },
  { words: 'Fused ends better than composed', better: 'the fused', other: 'composed', when: 'end' },
  {
    words: "Coupling 'full' starts better than 'independent'",
    better: 'fused',
    other: 'fused, independent',
    when: 'start',
  },
  {
    words: "Coupling 'full' ends better than 'independent'",
    better: 'fused',
    other: 'fused, independent',
    when: 'end',
  },
  { words: 'Refitting starts better than not', better: 'fused, refitted', other: 'fused', when: 'start' },
  { words: 'Refitting ends better than not', better: 'fused, refitted', other: 'fused', when: 'end' },
  {
    words: 'Fused ends better than random with distillation',
    better: 'the fused',
    other: 'random, distilled',
    when: 'end',
  },
  {
    words: 'With distillation, fused ends better than random',
    better: 'fused, refitted, distilled',
    other: 'random, distilled',
    when: 'end',
  },
  { words: 'Fused ends better than the teacher', better: 'the fused', other: 'teacher', when: 'end' },
];
