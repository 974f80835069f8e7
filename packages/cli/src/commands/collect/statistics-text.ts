import type { Statistics } from '@fuseinit/tfjs';
import { count, percent, shape } from '../../terminal/figures.js';
import { printable } from '../../terminal/printable.js';
import { table } from '../../terminal/table.js';

/** Describes statistics without their numbers. */
export function statisticsTold(statistics: Statistics) {
  const { teacher, batchSize, heldOut, seed, shards, inputs, firstOfStream, spans } = statistics;
  return {
    teacher,
    batchSize,
    heldOut,
    seed,
    shards,
    inputs: inputs.values,
    firstOfStream,
    spans: spans.map(({ from, to, className, geometry, collected }) => ({
      from,
      to,
      className,
      kernelSize: geometry?.kernelSize ?? null,
      samples: collected.samples,
      heldOutSamples: collected.heldOutSamples,
    })),
  };
}

export function statisticsText(statistics: Statistics, output: string): string {
  const { shards, spans, heldOut } = statisticsTold(statistics);
  const parts = shards.map(({ index, of }) => `${index}/${of}`).join(', ');
  return [
    table(
      [
        { head: 'span', isFlexible: true },
        { head: 'becomes' },
        { head: 'kernel', align: 'right' },
        { head: 'samples', align: 'right' },
        { head: 'held out', align: 'right' },
      ],
      spans.map(({ from, to, className, kernelSize, samples, heldOutSamples }) => [
        `${from}:${to}`,
        className,
        kernelSize ? shape(kernelSize) : '-',
        count(samples),
        count(heldOutSamples),
      ]),
    ),
    '',
    `Parts ${parts}; ${percent(heldOut)} held out. Saved in ${printable(output)}.`,
  ].join('\n');
}
