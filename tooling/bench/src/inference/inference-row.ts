import type { Row } from '../measuring/record.js';
import { type Spread, spreadOf } from '../measuring/spread.js';
import type { InferenceAnswer, InferenceOrder, Network } from './inference-order.js';

/** Teacher against student on one backend, for one size of batch; seconds. */
export interface InferenceRow extends Row {
  readonly backend: string;
  readonly batchSize: number;
  readonly firstRun: Readonly<Record<Network, Spread>>;
  readonly warm: Readonly<Record<Network, Spread>>;
  /** The teacher's median over the student's. */
  readonly ratio: { readonly firstRun: number; readonly warm: number };
}

/** One row of what some processes saw, warm runs of all of them together. */
export function inferenceRow(
  { backend, batchSize }: Pick<InferenceOrder, 'backend' | 'batchSize'>,
  seen: readonly { readonly first: Network; readonly answer: InferenceAnswer }[],
): InferenceRow {
  const firstRunOf = (network: Network) =>
    spreadOf(seen.filter(({ first }) => first === network).map(({ answer }) => answer.firstRun));
  const warmOf = (network: Network) => spreadOf(seen.flatMap(({ answer }) => answer.warm[network]));
  const firstRun = { teacher: firstRunOf('teacher'), student: firstRunOf('student') };
  const warm = { teacher: warmOf('teacher'), student: warmOf('student') };
  return {
    key: `${backend}, batch ${batchSize}`,
    backend,
    batchSize,
    firstRun,
    warm,
    ratio: {
      firstRun: firstRun.teacher.median / firstRun.student.median,
      warm: warm.teacher.median / warm.student.median,
    },
  };
}
