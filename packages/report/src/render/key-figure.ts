/** A figure that a reader should see first. */
export interface KeyFigure {
  readonly title: string;
  readonly value: string;
  /** Beside the value, in a word or two. */
  readonly unit: string;
  readonly lines: readonly string[];
  readonly isBad: boolean;
}
