/** What assembly/index.ts exports: each kernel is run by all threads, with their number, their count and where they meet. */
export type KernelName =
  | 'holdRows'
  | 'addRows'
  | 'addPatches'
  | 'addRuns'
  | 'listPixels'
  | 'packPixels'
  | 'centerRows'
  | 'factor'
  | 'substituteBack'
  | 'subtractProduct';

/** Where the threads meet: the start of memory is theirs, and 128 bytes for each of 64 from address 1024 on. */
export const syncAddress = 64;
/** What comes before it is never given out. */
export const firstAddress = 16384;
export const pageBytes = 65536;
/** Addresses are 32 bits wide. */
export const mostPages = 65536;
