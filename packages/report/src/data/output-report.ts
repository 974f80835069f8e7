/** How far one output of the student is from the teacher's. */
export interface OutputReport {
  readonly name: string;
  /** Of one sample. */
  readonly shape: readonly number[];
  /** Mean square error over the variance of the teacher's, on the samples compared on. */
  readonly relativeMse: number;
  /** The same as `fuse` measured it; null where it didn't. */
  readonly calibrationRelativeMse: number | null;
}
