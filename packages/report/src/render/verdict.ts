import type { LabelAnswers, LabelledAnswers } from '../data/answers.js';
import type { FusionReport, LatencyReport } from '../data/fusion-report.js';
import { ratio, signed } from './format.js';

/** How many times as fast the student is, and whether the measurement is conclusive. */
export interface Speed {
  /** How many times as fast the student is, by the medians. */
  readonly factor: number;
  /**
   * The interval of the ratio, or if none was measured, the ratios of the nearest and of the farthest ends of
   * both spreads.
   */
  readonly low: number;
  readonly high: number;
  readonly verdict: 'faster' | 'notFaster' | 'unclear';
}

export function speedOf({ teacher, student, ratio }: LatencyReport): Speed {
  const low = ratio ? 1 / ratio.high : teacher.warm.low / student.warm.high;
  const high = ratio ? 1 / ratio.low : teacher.warm.high / student.warm.low;
  const factor = ratio ? 1 / ratio.median : teacher.warm.median / student.warm.median;
  const verdict = low > 1 ? 'faster' : factor <= 1 ? 'notFaster' : 'unclear';
  return { factor, low, high, verdict };
}

/** The student's accuracy less the teacher's, and its 95 % confidence interval. */
export interface AccuracyChange {
  readonly change: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Both networks answered the same samples, so only the samples that exactly one of them gets right matter (as
 * in McNemar's test).
 */
export function accuracyChange(answers: LabelledAnswers): AccuracyChange {
  const { bothRight, onlyTeacherRight, onlyStudentRight, bothWrong } = answers;
  const samples = bothRight + onlyTeacherRight + onlyStudentRight + bothWrong;
  const change = (onlyStudentRight - onlyTeacherRight) / samples;
  const variance = (onlyStudentRight + onlyTeacherRight) / samples - change ** 2;
  const margin = 1.96 * Math.sqrt(Math.max(0, variance) / samples);
  return { change, low: change - margin, high: change + margin };
}

/**
 * The change of binary accuracy. Its standard error is over samples, since the labels of one sample aren't
 * independent.
 */
export function binaryAccuracyChange({
  teacher,
  student,
  standardError,
}: NonNullable<LabelAnswers['labelled']>): AccuracyChange {
  const change = student.binaryAccuracy - teacher.binaryAccuracy;
  // A single sample shows no spread, so the change may be anything.
  const margin = standardError === null ? 1 : 1.96 * standardError;
  return { change, low: change - margin, high: change + margin };
}

/** Summarises the report in whole sentences for a reader in a hurry. */
export function verdict(report: FusionReport): string {
  const { spans, given, teacher, student } = report;
  if (spans.length === 0) {
    const compared = `Nothing was fused: ${teacher.name} has ${teacher.cost.depth} layers that multiply, ${student.name} has ${student.cost.depth}.`;
    return [compared, speedSentence(report), accuracySentence(report)].filter(Boolean).join(' ');
  }
  const fused = `${spans.length} ${spans.length === 1 ? 'span' : 'spans'} fused: ${teacher.cost.depth} layers that multiply${given ? ' in the simplified teacher' : ''} became ${student.cost.depth}.`;
  return [fused, speedSentence(report), accuracySentence(report)].filter(Boolean).join(' ');
}

function speedSentence({ given, latency }: FusionReport): string {
  if (!latency) return 'Its speed was not measured.';
  const than = given ? ' as the simplified teacher' : '';
  const { factor, low, high, verdict } = speedOf(latency);
  const spread = `${ratio(low)} to ${ratio(high)}`;
  if (verdict === 'faster') return `The student is ${ratio(factor)} as fast${than} (${spread}).`;
  if (verdict === 'notFaster') return `The student is NOT faster: ${ratio(factor)} the speed (${spread}).`;
  return `The student is ${ratio(factor)} as fast by the medians, but that can't be told from chance (${spread}).`;
}

function accuracySentence({ answers, disagreeing }: FusionReport): string {
  if (disagreeing === 0) return 'Its outputs are the same to the last bit.';
  if (!answers || answers.kind === 'values' || !answers.labelled) return '';
  const { change, low, high } =
    answers.kind === 'labels' ? binaryAccuracyChange(answers.labelled) : accuracyChange(answers.labelled);
  const measure = answers.kind === 'labels' ? 'Binary accuracy' : 'Accuracy';
  const interval = `95 % interval ${signed(100 * low, 1)} to ${signed(100 * high, 1)}`;
  const difference = `${signed(100 * change, 1)} points (${interval})`;
  if (high < 0) return `${measure} fell: ${difference}.`;
  return low > 0
    ? `${measure} rose: ${difference}.`
    : `A change of ${measure.toLowerCase()} can't be difference from chance: ${difference}.`;
}
