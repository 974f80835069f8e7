import { referenceLinearAlgebra } from '../linear-algebra/linear-algebra.js';
import { randomArray } from './check.js';

/** A system that every linear algebra must solve as the reference does. */
export interface SystemCase {
  readonly name: string;
  readonly size: number;
  /** [size, size]; NaN above the diagonal, which is not read. */
  readonly matrix: Float64Array;
  /** [count, size] */
  readonly rightSides: Float64Array;
  readonly tolerance: number;
}

/** A product that every linear algebra must compute as the reference does. */
export interface ProductCase {
  readonly name: string;
  readonly a: Float64Array;
  readonly b: Float64Array;
  readonly inner: number;
}

const smallSizes = Array.from({ length: 40 }, (_, index) => index + 1);
/** Sizes around and beyond the block sizes of fast implementations. */
const largeSizes = [64, 65, 130, 200];

export function systemCases(): SystemCase[] {
  const cases: SystemCase[] = [];
  for (const size of [...smallSizes, ...largeSizes]) {
    const count = [3, 1, 0, 8, 5][size % 5]!;
    cases.push(systemCase(`size ${size}, ${count} right sides`, { size, count }));
  }
  for (const size of [2, 3, 7, 16, 33, ...largeSizes]) {
    cases.push(
      systemCase(`size ${size}, repeated columns`, { size, repeats: true }),
      systemCase(`size ${size}, repeated columns of far scales`, { size, repeats: true, exponent: 15 }),
    );
  }
  for (const size of [1, 6, 65]) {
    cases.push({
      name: `size ${size}, a zero matrix`,
      size,
      matrix: new Float64Array(size * size),
      rightSides: randomArray(size, [2, size]).data,
      tolerance: roundingOf(size),
    });
  }
  for (const size of [5, 65]) {
    const left = { size, repeats: true, left: 0.01 };
    cases.push(
      systemCase(`size ${size}, a hundredth left, tolerance a twentieth`, { ...left, tolerance: 0.05 }),
      systemCase(`size ${size}, a hundredth left, tolerance a thousandth`, { ...left, tolerance: 1e-3 }),
    );
  }
  return cases;
}

export function productCases(): ProductCase[] {
  const sizes = [
    ...smallSizes.map((k) => [k, (7 * k) % 41, 1 + ((11 * k) % 37)] as const),
    ...([
      [0, 3, 2],
      [3, 0, 2],
      [1, 200, 200],
      [64, 64, 64],
      [65, 130, 64],
      [130, 65, 199],
      [200, 1, 1],
    ] as const),
  ];
  return sizes.map(([rows, columns, inner]) => ({
    name: `[${rows}, ${inner}] by [${columns}, ${inner}]`,
    a: randomArray(rows + 1, [rows, inner]).data,
    b: randomArray(columns + 2, [columns, inner]).data,
    inner,
  }));
}

interface SystemSettings {
  readonly size: number;
  readonly count?: number;
  /** Whether every third column repeats an earlier one. */
  readonly repeats?: boolean;
  /** The share of a repeated column's variance that is independent of the column it repeats. */
  readonly left?: number;
  /**
   * The exponent of the scales: columns are scaled by powers of two from minus to plus twice this exponent.
   */
  readonly exponent?: number;
  readonly tolerance?: number;
}

/**
 * Creates a system. Apart from the scales, the condition number of the columns that aren't skipped is below a
 * thousand.
 */
function systemCase(name: string, settings: SystemSettings): SystemCase {
  const { size, count = 3, repeats = false, left = 0, exponent = 0, tolerance = roundingOf(size) } = settings;
  const origins: number[] = [];
  let free = 0;
  for (let index = 0; index < size; index++) {
    const repeated = repeats && (index % 3 === 2 || index === size - 1) && index > 0;
    origins.push(repeated ? origins[(5 * size) % index]! : free++);
  }
  // Four times as many terms as columns: eigenvalues stay around 1.
  const { data } = randomArray(size, [free, 4 * free]);
  const gram = referenceLinearAlgebra.multiplyTransposed(data, data, 4 * free);
  const scale = (index: number) => 2 ** (exponent * (((7 * index) % 5) - 2));
  const matrix = new Float64Array(size * size).fill(Number.NaN);
  const seen = new Set<number>();
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      const value = gram[origins[row]! * free + origins[column]!]! / (4 * free);
      const own = row === column && seen.has(origins[row]!) ? 1 + left : 1;
      matrix[row * size + column] = value * own * scale(row) * scale(column);
    }
    seen.add(origins[row]!);
  }
  const rightSides = randomArray(size + 1, [count, size]).data.map(
    (value, index) => value * scale(index % size),
  );
  return { name, size, matrix, rightSides, tolerance };
}

/** The share of a repeated column's variance that rounding may leave, as the solver estimates it. */
function roundingOf(size: number): number {
  return 16 * size * Number.EPSILON;
}
