/** 12345 as "12,345". */
export function count(value: number): string {
  return value.toLocaleString('en');
}

/** 4640000 as "4.64 M". */
export function large(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toFixed(2)} G`;
  if (value >= 1e6) return `${(value / 1e6).toFixed(2)} M`;
  return count(value);
}

export function bytes(value: number): string {
  if (value >= 2 ** 20) return `${(value / 2 ** 20).toFixed(1)} MiB`;
  return `${(value / 2 ** 10).toFixed(1)} KiB`;
}

export function milliseconds(value: number): string {
  if (value >= 1000) return `${(value / 1000).toFixed(2)} s`;
  return `${value.toFixed(value < 10 ? 2 : 0)} ms`;
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** A shape without its batch axis, "28 × 28 × 16". */
export function sampleShape(shape: readonly (number | null)[]): string {
  return (
    shape
      .slice(1)
      .map((length) => length ?? '?')
      .join(' × ') || 'one number'
  );
}

/** A kernel's lengths, "5×5"; a lone one as "5". */
export function kernel(lengths: readonly number[]): string {
  return lengths.join('×');
}

/** A relative error with the digits that count. */
export function error(value: number): string {
  return value < 0.001 ? value.toExponential(1) : value.toFixed(3);
}
