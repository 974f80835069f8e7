/** A linear scale from 0, in pixels, with the end of its domain a round number. */
export interface Linear {
  readonly end: number;
  readonly at: (value: number) => number;
}

const steps = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];

export function linear(highest: number, pixels: number): Linear {
  const power = highest > 0 ? 10 ** Math.floor(Math.log10(highest)) : 1;
  // Rounding must not take a value that is an end for one beyond it.
  const end = (steps.find((step) => step * power >= highest * (1 - 1e-9)) ?? 10) * power;
  return { end, at: (value) => (value / end) * pixels };
}
