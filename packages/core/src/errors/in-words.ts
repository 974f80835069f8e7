/** A value as an error message shows it: NaN, undefined and functions too, which JSON would drop. */
export function inWords(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inWords).join(', ')}]`;
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  const maker: unknown = value.constructor;
  if (typeof maker === 'function' && maker !== Object) return `a ${maker.name}`;
  return `an object of {${Object.keys(value).join(', ')}}`;
}
