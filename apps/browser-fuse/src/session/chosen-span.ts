import type { LegalSpan, SpanRequest } from '@fuseinit/tfjs';

/** A legal span that the user wants fused. */
export interface ChosenSpan extends LegalSpan {
  /** The kernel size of the fused convolution; null for the whole receptive field and for a dense layer. */
  readonly chosenKernel: readonly number[] | null;
}

/** Converts a chosen span to a request for `fuse`. */
export function spanRequest({ from, to, chosenKernel }: ChosenSpan): SpanRequest {
  return chosenKernel ? { from, to, kernelSize: chosenKernel } : { from, to };
}
