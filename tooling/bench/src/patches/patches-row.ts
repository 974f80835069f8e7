import type { Row } from '../measuring/record.js';
import { type Spread, spreadOf } from '../measuring/spread.js';
import type { PatchCase } from './patch-cases.js';

/** Forced to each way, and left to choose. */
export const methods = ['pixels', 'patches', 'chosen'] as const;

export type Method = (typeof methods)[number];

/** One convolution, summed over in each way; seconds. */
export interface PatchesRow extends Row, PatchCase {
  readonly times: Readonly<Record<Method, Spread>>;
  /** The faster way over what was chosen. */
  readonly ratio: number;
}

export function patchesRow(patchCase: PatchCase, turns: readonly (readonly number[])[]): PatchesRow {
  const times = Object.fromEntries(methods.map((method, index) => [method, spreadOf(turns[index]!)]));
  const { pixels, patches, chosen } = times as Record<Method, Spread>;
  const { size, kernel, stride, channels } = patchCase;
  return {
    ...patchCase,
    key: `${size}x${size}x${channels}, kernel ${kernel}, stride ${stride}`,
    times: { pixels: pixels!, patches: patches!, chosen: chosen! },
    ratio: Math.min(pixels!.median, patches!.median) / chosen!.median,
  };
}
