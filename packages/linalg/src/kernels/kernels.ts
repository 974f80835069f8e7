/** What assembly/index.ts exports: each kernel is run by all threads, with their number, their count and where they meet. */
export type KernelName =
  | 'addRows'
  | 'addPatches'
  | 'addRuns'
  | 'packPixels'
  | 'centerRows'
  | 'factor'
  | 'substituteBack'
  | 'subtractProduct';

/** Where the threads meet: the start of memory is theirs. */
export const syncAddress = 64;
/** What comes before it is never given out. */
export const firstAddress = 4096;
export const pageBytes = 65536;
/** Addresses are 32 bits wide. */
export const mostPages = 65536;
