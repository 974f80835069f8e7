import type { FusionReport } from '../data/fusion-report.js';
import { accuracyChange, binaryAccuracyChange } from './accuracy-change.js';
import { ratio, signed } from './format.js';
import { speedOf } from './speed.js';

/** What a reader in a hurry should know, in whole sentences. */
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
  const told = `${signed(100 * change, 1)} points (${interval})`;
  if (high < 0) return `${measure} fell: ${told}.`;
  return low > 0
    ? `${measure} rose: ${told}.`
    : `A change of ${measure.toLowerCase()} can't be told from chance: ${told}.`;
}
