const grouped = new Intl.NumberFormat('en-US');

/** The minus sign is as wide as a plus sign. */
export function signed(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return text;
  return `${value < 0 ? '−' : '+'}${text}`;
}

/** Formats 0.9063 as 90.6 %. */
export function share(value: number): string {
  return `${(100 * value).toFixed(1)} %`;
}

/** Formats a relative error with three digits. */
export function error(value: number): string {
  if (value === 0) return '0';
  if (Math.abs(value) < 0.0005) return value.toExponential(1).replace('-', '−');
  return value < 1 ? value.toFixed(3) : value.toPrecision(3);
}

export function count(value: number): string {
  return grouped.format(value);
}

/** Formats a large count with a prefix: 4.64 M. */
export function amount(value: number): string {
  const scale = [
    [1e9, ' G'],
    [1e6, ' M'],
  ] as const;
  const [size, prefix] = scale.find(([from]) => value >= from) ?? [1, ''];
  return size === 1 ? count(value) : (value / size).toPrecision(3) + prefix;
}

export function bytes(value: number): string {
  if (value >= 1e6) return `${(value / 1e6).toPrecision(3)} MB`;
  return value >= 1000 ? `${(value / 1000).toPrecision(3)} kB` : `${value} B`;
}

export function seconds(value: number): string {
  if (value >= 1) return `${value.toPrecision(3)} s`;
  return value >= 0.001 ? `${(1000 * value).toPrecision(3)} ms` : `${(1e6 * value).toPrecision(3)} µs`;
}

/** Formats a ratio, such as the size after a change over the size before. */
export function ratio(value: number): string {
  return `${value.toFixed(2)}×`;
}

/** Formats any number with up to four digits. */
export function number(value: number): string {
  return String(Number(value.toPrecision(4))).replace('-', '−');
}

export function shape(lengths: readonly (number | null)[]): string {
  return lengths.length === 0 ? 'scalar' : lengths.map((length) => length ?? 'any').join('×');
}

/** Returns the name of a class, or its index if it has none. */
export function className(names: readonly string[] | null, index: number): string {
  return names?.[index] ?? `class ${index}`;
}
