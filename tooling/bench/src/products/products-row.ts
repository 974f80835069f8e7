import type { Row } from '../measuring/record.js';
import { type Spread, spreadOf } from '../measuring/spread.js';
import { type Contender, contenders, type ProductsAnswer, type ProductsOrder } from './products-order.js';

/** One span by each contender; seconds. */
export interface ProductsRow extends Row {
  readonly span: string;
  readonly width: number;
  readonly patchSize: number;
  readonly samples: number;
  readonly times: Readonly<Record<Contender, Spread>>;
  /** The native library over WebAssembly. */
  readonly ratio: number;
}

export function productsRow(
  { from, to, width, samples }: ProductsOrder,
  { seconds, patchSize }: ProductsAnswer,
): ProductsRow {
  const times = Object.fromEntries(contenders.map((name) => [name, spreadOf(seconds[name])])) as Record<
    Contender,
    Spread
  >;
  return {
    key: `${from} to ${to}, ${width}x the filters`,
    span: `${from} to ${to}`,
    width,
    patchSize,
    samples,
    times,
    ratio: times.device.median / times.linalg.median,
  };
}
