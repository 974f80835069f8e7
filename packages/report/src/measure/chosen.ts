/** What both networks answer for a sample: the index of a class, or a number. */
export interface Chosen {
  readonly teacher: number;
  readonly student: number;
}
