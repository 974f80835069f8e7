/** One thing that was looked at. */
export interface Finding {
  readonly name: string;
  readonly works: boolean;
  /** What it is; or what is missing, and what mends it. */
  readonly text: string;
}
