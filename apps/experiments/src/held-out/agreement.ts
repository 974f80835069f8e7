import { quantileSorted } from 'simple-statistics';
import type { CalibratedOn, ComparedError, MeasuredFusion } from './measure-fusion.js';

/** The fusions that were measured on one data set. */
export interface MeasuredSet {
  readonly name: string;
  readonly kind: 'images' | 'table';
  readonly fusions: readonly MeasuredFusion[];
}

type Part = 'layer' | 'output';

/** A reported error counts as right if its ratio to the true one lies in this range. */
const right = { least: 0.7, most: 1.4 } as const;

const partNames = { layer: 'fused layer', output: 'network output' } as const;
const calibrationNames = { fresh: 'other samples', seen: 'its training samples' } as const;

export const agreementHead = [
  'data',
  'calibrated on',
  'error of',
  'fusions',
  `within ${right.least} to ${right.most}`,
  'warned of',
  'within, the others',
  'reported / true: median',
  '5 % to 95 %',
];

/** Compares reported errors with true ones, in one row for each kind of data, of calibration and of error. */
export function agreementRows(name: string, fusions: readonly MeasuredFusion[]): string[][] {
  return (['fresh', 'seen'] as const).flatMap((calibratedOn) =>
    (['layer', 'output'] as const).map((part) => {
      const errors = errorsOf(fusions, calibratedOn, part);
      const ratios = errors.map(ratioOf).sort((one, other) => one - other);
      const quantile = (share: number) => quantileSorted(ratios, share).toFixed(2);
      const sure = errors.filter(({ isWarnedOf }) => !isWarnedOf);
      return [
        name,
        calibrationNames[calibratedOn],
        partNames[part],
        `${errors.length}`,
        shareRight(errors),
        `${errors.length - sure.length}`,
        shareRight(sure),
        quantile(0.5),
        `${quantile(0.05)} to ${quantile(0.95)}`,
      ];
    }),
  );
}

/** Returns rows for images, for tables and for all data sets. */
export function agreementByKind(sets: readonly MeasuredSet[]): string[][] {
  const kinds = [
    ['images', sets.filter(({ kind }) => kind === 'images')],
    ['tables', sets.filter(({ kind }) => kind === 'table')],
    ['all', sets],
  ] as const;
  return kinds.flatMap(([name, of]) => {
    const fusions = of.flatMap((set) => set.fusions);
    return fusions.length === 0 ? [] : agreementRows(name, fusions);
  });
}

/**
 * Says in a sentence how errors on the samples that a teacher was trained on compare with errors on new
 * samples.
 */
export function seenText(sets: readonly MeasuredSet[]): string {
  const [layer, output] = (['layer', 'output'] as const).map((part) => {
    const of = (calibratedOn: CalibratedOn) =>
      sets.flatMap(({ fusions }) => errorsOf(fusions, calibratedOn, part)).map(({ reported }) => reported);
    // Each fusion was drawn once for both kinds of calibration.
    const fresh = of('fresh');
    const ratios = of('seen').map((reported, at) => reported / fresh[at]!);
    return quantileSorted(
      ratios.sort((one, other) => one - other),
      0.5,
    ).toFixed(2);
  });
  return `The same fusion reports ${layer} times the error for its layer, and ${output} times for the network's output, where it was calibrated on the teacher's training samples and not on others (medians).`;
}

/** Says in a sentence what was measured. */
export function measuredText(sets: readonly MeasuredSet[]): string {
  const fusions = sets.flatMap((set) => set.fusions);
  const samples = fusions.map((fusion) => fusion.samples).sort((one, other) => one - other);
  const names = sets.map(({ name }) => name).join(', ');
  return `${fusions.length / 2} fusions drawn from networks trained on ${names}, each calibrated on ${samples[0]} to ${samples.at(-1)} of the teacher's training samples and on as many others; true is what is seen on up to 3,000 samples that neither the teacher nor the fusion was given.`;
}

function errorsOf(
  fusions: readonly MeasuredFusion[],
  calibratedOn: CalibratedOn,
  part: Part,
): ComparedError[] {
  return fusions.filter((fusion) => fusion.calibratedOn === calibratedOn).map((fusion) => fusion[part]);
}

const ratioOf = ({ reported, true: actual }: ComparedError) => reported / actual;

function shareRight(errors: readonly ComparedError[]): string {
  if (errors.length === 0) return '-';
  const held = errors.map(ratioOf).filter((ratio) => ratio >= right.least && ratio <= right.most);
  return `${((100 * held.length) / errors.length).toFixed(1)} %`;
}
