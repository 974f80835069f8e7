import type { FusionReport } from '../data/fusion-report.js';
import { accuracyChange } from './accuracy-change.js';
import { ratio, signed } from './format.js';
import { speedOf } from './speed.js';

/** What a reader in a hurry should know, in whole sentences. */
export function verdict(report: FusionReport): string {
  const { spans, teacher, student } = report;
  const fused = `${spans.length} ${spans.length === 1 ? 'span' : 'spans'} fused: ${teacher.cost.depth} layers that multiply became ${student.cost.depth}.`;
  return [fused, speedSentence(report), accuracySentence(report)].filter(Boolean).join(' ');
}

function speedSentence({ latency }: FusionReport): string {
  if (!latency) return 'Its speed was not measured.';
  const { factor, verdict } = speedOf(latency);
  if (verdict === 'faster') return `The student is ${ratio(factor)} as fast.`;
  if (verdict === 'slower') return `The student is NOT faster: it is slower, at ${ratio(factor)} the speed.`;
  return 'The student is NOT measurably faster: the spreads of both latencies overlap.';
}

function accuracySentence({ answers, disagreeing }: FusionReport): string {
  if (disagreeing === 0) return 'Its outputs are the same to the last bit.';
  if (answers?.kind !== 'classes' || !answers.labelled) return '';
  const { change, low, high } = accuracyChange(answers.labelled);
  const points = `${signed(100 * change, 1)} points of accuracy`;
  if (high < 0) return `It lost accuracy: ${points}.`;
  return low > 0
    ? `It gained accuracy: ${points}.`
    : `No loss of accuracy can be told from chance: ${points}.`;
}
