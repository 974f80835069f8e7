import { FuseInitError } from '@fuseinit/core';
import type { BatchValues } from './batch-values.js';

/**
 * @param names Of the fused layers, in order.
 * @throws VALUE_NOT_FINITE when what a network gives is no finite number.
 */
export function requireFinite(
  { given, teacher, student, layers }: BatchValues,
  names: readonly string[],
): void {
  const allFinite = (values: ArrayLike<number>) => Array.prototype.every.call(values, Number.isFinite);
  for (const [network, outputs] of Object.entries({ 'teacher as given': given, teacher, student })) {
    if (outputs.every(allFinite)) continue;
    throw new FuseInitError(
      'VALUE_NOT_FINITE',
      `The ${network} gives outputs that are no finite numbers: look at its weights and at data.`,
    );
  }
  const broken = layers.findIndex(
    ({ channelErrors, deviations }) => !allFinite(channelErrors) || !allFinite(deviations),
  );
  if (broken === -1) return;
  throw new FuseInitError(
    'VALUE_NOT_FINITE',
    `The pre-activations of ${JSON.stringify(names[broken])} or of its target are no finite numbers.`,
    { layerName: names[broken]! },
  );
}
