import type { Answers, FusionReport, LatencyRatio, NetworkLatency, ValueError } from '@fuseinit/report';
import { costOf, type FuseReport, type ModelCost } from '@fuseinit/tfjs';
import type { Teacher } from '../../model/teacher.js';
import { count, large, milliseconds, percent, ratio, times } from '../../terminal/figures.js';
import { table } from '../../terminal/table.js';

/** The costs and the quality of a network; null where something wasn't measured. */
interface NetworkFigures {
  readonly cost: ModelCost;
  readonly latency: NetworkLatency | null;
  /** The share of correct predictions, counted by class or by single label. */
  readonly accuracy: number | null;
  /** The share of samples with every label right, for multi-label outputs. */
  readonly exactMatch: number | null;
  /** The error on labels that are numbers. */
  readonly error: ValueError | null;
  /** The share of predictions on which the simplified teacher agrees. */
  readonly agreement: number | null;
}

/**
 * The three networks of a fusion, so that the gain from simplifying is shown separately from the gain from
 * fusing.
 */
export interface ThreeNetworks {
  /** The teacher as it was given; null if it was fused without simplifying. */
  readonly given: NetworkFigures | null;
  /** The network that was fused. */
  readonly teacher: NetworkFigures;
  readonly student: NetworkFigures;
  /** The ratio of the student's latency to the teacher's, measured in turns. */
  readonly latencyRatio: LatencyRatio | null;
}

export function threeNetworks(
  { given, model }: Pick<Teacher, 'given' | 'model'>,
  fused: FuseReport,
  report: FusionReport | undefined,
): ThreeNetworks {
  const { answers = null, latency = null } = report ?? {};
  const agreement = answers && 'agreement' in answers ? answers.agreement : null;
  return {
    given: report ? report.given : given === model ? null : { ...unmeasured, cost: costOf(given) },
    teacher: {
      cost: fused.teacher,
      latency: latency?.teacher ?? null,
      ...qualityOf(answers, 'teacher'),
      agreement: agreement === null ? null : 1,
    },
    student: {
      cost: fused.student,
      latency: latency?.student ?? null,
      ...qualityOf(answers, 'student'),
      agreement,
    },
    latencyRatio: latency?.ratio ?? null,
  };
}

const unmeasured = { latency: null, accuracy: null, exactMatch: null, error: null, agreement: null };

function qualityOf(
  answers: Answers | null,
  network: 'teacher' | 'student',
): Pick<NetworkFigures, 'accuracy' | 'exactMatch' | 'error'> {
  const { accuracy, exactMatch, error } = unmeasured;
  switch (answers?.kind) {
    case 'classes':
      return { accuracy: answers.labelled?.[`${network}Accuracy`] ?? null, exactMatch, error };
    case 'labels': {
      const labelled = answers.labelled?.[network];
      return { accuracy: labelled?.binaryAccuracy ?? null, exactMatch: labelled?.exactMatch ?? null, error };
    }
    case 'values':
      return { accuracy, exactMatch, error: answers[network] };
    default:
      return { accuracy, exactMatch, error };
  }
}

/**
 * @param backend The backend that latencies were measured on.
 * @param names The names of the two networks and of their ratio, if they aren't a teacher and its student.
 */
export function networksTable(
  { given, teacher, student, latencyRatio }: ThreeNetworks,
  backend: string,
  names: readonly string[] = ['teacher', 'fused', 'fused/teacher'],
): string {
  const networks = [...(given ? [given] : []), teacher, student];
  const row = (
    head: string,
    of: (network: NetworkFigures) => number | null | undefined,
    told: (value: number) => string,
    isCost = true,
    measured?: LatencyRatio | null,
  ): string[][] => {
    const values = networks.map((network) => of(network) ?? null);
    if (values.every((value) => value === null)) return [];
    const [before, after] = values.slice(-2);
    const counted = isCost && before != null && after != null ? times(after, before) : '';
    const last = measured ? ratio(measured) : counted;
    return [[head, ...values.map((value) => (value === null ? '-' : told(value))), last]];
  };
  const areLabels = networks.some(({ exactMatch }) => exactMatch !== null);
  const heads = given ? ['as given', 'simplified', 'fused', 'fused/simplified'] : names;
  return table(
    [{ head: '' }, ...heads.map((head) => ({ head, align: 'right' as const }))],
    [
      ...row('layers with weights', ({ cost }) => cost.depth, count),
      ...row('parameters', ({ cost }) => cost.parameters, count),
      ...row('bytes in memory', ({ cost }) => cost.bytes, count),
      ...row('multiply-adds', ({ cost }) => cost.multiplyAdds, large),
      ...row(`latency, ${backend}`, ({ latency }) => latency?.warm.median, milliseconds, true, latencyRatio),
      ...row(areLabels ? 'binary accuracy' : 'accuracy', ({ accuracy }) => accuracy, percent, false),
      ...row('every label right', ({ exactMatch }) => exactMatch, percent, false),
      ...row(
        'mean square error',
        ({ error }) => error?.meanSquareError,
        (value) => value.toPrecision(3),
        false,
      ),
      ...row('same answers', ({ agreement }) => agreement, percent, false),
    ],
  );
}
