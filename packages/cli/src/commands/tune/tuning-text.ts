import type { FineTuned } from '@fuseinit/fine-tune';
import { table } from '../../terminal/table.js';

/** Lines about how a student was trained. */
export function tuningText(
  { epochs, bestEpoch, startValidationLoss, stoppedBy }: FineTuned,
  loss: string | undefined,
): string[] {
  const told = (loss: number | null) => loss?.toPrecision(4) ?? '-';
  const rows = epochs.map(({ epoch, loss, validationLoss, learningRate, seconds }) => [
    epoch === bestEpoch ? '>' : ' ',
    String(epoch + 1),
    told(loss),
    told(validationLoss),
    String(learningRate),
    `${seconds.toFixed(1)} s`,
  ]);
  const start = [bestEpoch === -1 ? '>' : ' ', 'start', '-', told(startValidationLoss), '-', '-'];
  return [
    table(
      [
        { head: '' },
        { head: 'epoch', align: 'right' },
        { head: 'loss', align: 'right' },
        { head: 'validation', align: 'right' },
        { head: 'rate', align: 'right' },
        { head: 'time', align: 'right' },
      ],
      [...(startValidationLoss === null ? [] : [start]), ...rows],
    ),
    '',
    ...(loss === undefined ? [] : [`Loss on labels: ${loss}.`]),
    ...(stoppedBy === 'earlyStopping' ? ['Stopped early: the validation loss fell no more.'] : []),
    ...(bestEpoch === -1 ? ['No epoch was better than the start, whose weights were kept.'] : []),
  ];
}
