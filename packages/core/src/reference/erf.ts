/**
 * The error function in float64, by the series of positive terms `2/sqrt(pi) exp(-x^2) sum 2^n x^(2n+1) / (2n+1)!!`
 * (DLMF 7.6.2), which loses no digits.
 */
export function erf(x: number): number {
  // From there on 1 - |erf| is below float64's resolution.
  if (Math.abs(x) >= 6) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let odd = 3; Math.abs(term) > Number.EPSILON * Math.abs(sum) * 0.1; odd += 2) {
    term *= (2 * x * x) / odd;
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}
