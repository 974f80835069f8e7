/** A line of results and where it stands, which every number of the page is traced by. */
export interface Placed<Line> {
  readonly line: Line;
  /** Its name within the experiment's folder. */
  readonly file: string;
  /** From 1. */
  readonly number: number;
}
