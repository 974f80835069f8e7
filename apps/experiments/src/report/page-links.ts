/** Where a page finds what it links to, as paths from its own folder. */
export interface PageLinks {
  /** Of the figure of an experiment. */
  figure(name: string): string;
  /** Of the folder of its lines. */
  lines(name: string): string;
}
