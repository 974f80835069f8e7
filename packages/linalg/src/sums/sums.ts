import type { MomentSums, SumsLayout } from '@fuseinit/core';

/** The rows or patches to sum over, and how: the layout's sizes are those of one position, or of a sample without patches. */
export interface SumsOptions extends SumsLayout {
  /**
   * For patches: `'pixels'` multiplies each pair of pixels that some patch holds once, and adds the product wherever it
   * belongs; `'patches'` writes patches out, as rows. Default whichever costs less. Where pixels of a channel differ in
   * their means by far more than each varies, products of pixels would lose digits, and patches are written out even so.
   */
  readonly method?: 'pixels' | 'patches';
  /** For patches: about how many samples a batch will have, which decides the default method. Default 64. */
  readonly batchSize?: number;
}

/** Sums in the memory of the kernels, to which the numbers of each batch are added. */
export type Sums = Required<MomentSums<Float32Array>>;
