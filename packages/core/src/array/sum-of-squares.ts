/** Of the numbers, less as many others where there are some. */
export function sumOfSquares(values: Float64Array, less?: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) {
    const value = less ? values[index]! - less[index]! : values[index]!;
    sum += value * value;
  }
  return sum;
}
