/** A layer as a model file has it: the words of tfjs-layers, in camelCase. */
export interface PlainLayer {
  readonly className: string;
  readonly config: Config;
}

export type Config = Readonly<Record<string, unknown>>;

/** One number an axis of a setting that may be a number for all of them. */
export function perAxis(value: unknown, rank: number, otherwise: readonly number[] | number = 1): number[] {
  const given = (value ?? otherwise) as number | readonly number[];
  return typeof given === 'number' ? Array.from({ length: rank }, () => given) : [...given];
}

/** Two margins an axis of a padding or cropping, given as a number, a number an axis, or in full. */
export function margins(value: unknown): [[number, number], [number, number]] {
  const perSide = (side: unknown): [number, number] =>
    typeof side === 'number' ? [side, side] : (side as [number, number]);
  if (typeof value === 'number') return [perSide(value), perSide(value)];
  const [rows, columns] = value as readonly unknown[];
  return [perSide(rows), perSide(columns)];
}
