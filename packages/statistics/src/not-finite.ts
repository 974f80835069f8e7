import { FuseInitError } from '@fuseinit/core';

/** Batches of the calibration data, by their numbers. */
export interface BatchRange {
  readonly first: number;
  readonly last: number;
}

/** The error for numbers that no sum can hold, with the batches and the tap. */
export function notFinite(side: 'input' | 'target', { first, last }: BatchRange, tap: string): FuseInitError {
  const where = first === last ? `Batch ${first} holds` : `One of the batches ${first} to ${last} holds`;
  return new FuseInitError(
    'VALUE_NOT_FINITE',
    `${where} NaN, Infinity or numbers too large to square in the ${side} at ${JSON.stringify(tap)}: look at the calibration data, or at the model if its inputs are finite.`,
    { layerName: tap },
  );
}
