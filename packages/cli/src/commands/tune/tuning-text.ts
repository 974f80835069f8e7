import type { FineTuned, RateSearch } from '@fuseinit/fine-tune';
import type { Score } from '@fuseinit/planner';
import { count, scoreCells, scoreHeads } from '../../terminal/figures.js';
import { table } from '../../terminal/table.js';
import type { ScoredEpoch } from './tune-student.js';
import type { ValidationScore } from './validation-score.js';

/** The course of a training, whole or up to where it was stopped. */
export interface TuningCourse
  extends Pick<FineTuned, 'bestEpoch' | 'startValidationLoss' | 'stoppedBy' | 'rateSearch'> {
  readonly epochs: readonly ScoredEpoch[];
  /** The score before any training; null if the outputs have none. */
  readonly startScore: Score | null;
  readonly scoredBy: ValidationScore['by'] | null;
  /** The name of the loss on labels; null without labels. */
  readonly loss: string | null;
}

/** Describes how a student was trained. */
export function tuningText(course: TuningCourse): string[] {
  const { loss, stoppedBy, bestEpoch, rateSearch } = course;
  return [
    epochsTable(course),
    '',
    ...scoreSentence(course),
    ...(loss === null ? [] : [`Loss on labels: ${loss}.`]),
    ...(rateSearch ? [searchSentence(rateSearch)] : []),
    ...(stoppedBy === 'earlyStopping' ? ['Stopped early: the validation loss fell no more.'] : []),
    ...(bestEpoch === -1 ? ['No epoch was better than the start, whose weights were kept.'] : []),
  ];
}

function epochsTable({ epochs, bestEpoch, startValidationLoss, startScore }: TuningCourse): string {
  const told = (loss: number | null) => loss?.toPrecision(4) ?? '-';
  const cells = (score: Score | null) => (startScore && score ? scoreCells(score) : []);
  const rows = epochs.map(({ epoch, loss, validationLoss, learningRate, seconds, score }) => [
    epoch === bestEpoch ? '>' : ' ',
    String(epoch + 1),
    told(loss),
    told(validationLoss),
    ...cells(score),
    String(Number(learningRate.toPrecision(2))),
    `${seconds.toFixed(1)} s`,
  ]);
  const start = [
    bestEpoch === -1 ? '>' : ' ',
    'start',
    '-',
    told(startValidationLoss),
    ...cells(startScore),
    '-',
    '-',
  ];
  const heads = [
    'epoch',
    'loss',
    'validation',
    ...(startScore ? scoreHeads(startScore) : []),
    'rate',
    'time',
  ];
  return table(
    [{ head: '' }, ...heads.map((head) => ({ head, align: 'right' as const }))],
    [...(startValidationLoss === null ? [] : [start]), ...rows],
  );
}

function scoreSentence({ startScore, scoredBy }: TuningCourse): string[] {
  if (!startScore) return [];
  const samples = `${count(startScore.count)} samples that were held out`;
  if (scoredBy === 'teacher')
    return [`Accuracy is the share of answers that are the teacher's, on ${samples}.`];
  return [`${startScore.kind === 'error' ? 'Errors are' : 'Accuracy is'} on ${samples}.`];
}

/** Tells which learning rate was found and how. */
function searchSentence({ learningRate, steps, startLoss, tried }: RateSearch): string {
  const losses = [...tried]
    .sort((one, other) => one.learningRate - other.learningRate)
    .map((trial) => `${trial.loss?.toPrecision(4) ?? 'no number'} at ${trial.learningRate}`)
    .join(', ');
  return `Learning rate ${learningRate}, falling along a cosine: the loss was ${startLoss.toPrecision(4)} and after ${steps} steps each ${losses}.`;
}
