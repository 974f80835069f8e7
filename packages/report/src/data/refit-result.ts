/** A layer after a fusion that was solved anew. */
export interface RefitResult {
  readonly name: string;
  readonly className: string;
  /**
   * Whether the student has the new weights, or kept the teacher's since they were no better on held-out
   * samples.
   */
  readonly applied: boolean;
  readonly ridge: number;
  /** Null where no samples were held out. */
  readonly heldOutRelativeMse: number | null;
  /** Of the teacher's own weights on the inputs that the layer now sees. */
  readonly unfittedHeldOutRelativeMse: number | null;
}
