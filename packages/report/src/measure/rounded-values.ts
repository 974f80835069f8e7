/** The first numbers, with the digits that float32 has to tell. */
export function roundedValues(values: ArrayLike<number>, most: number): number[] {
  return Array.from({ length: Math.min(values.length, most) }, (_, index) =>
    Number(values[index]!.toPrecision(6)),
  );
}
