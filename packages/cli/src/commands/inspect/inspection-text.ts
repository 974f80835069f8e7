import type { IllegalSpan, LegalSpan, ModelCost, ModelDescription } from '@fuseinit/tfjs';
import { count, large, shape, times } from '../../terminal/figures.js';
import { printable, printableLine } from '../../terminal/printable.js';
import { type Column, table } from '../../terminal/table.js';
import type { SpanCosts } from './span-costs.js';

export interface Inspection {
  readonly model: ModelDescription;
  /** What simplifying leaves, which spans are of; null where they are of the model given. */
  readonly simplified: { readonly layers: number; readonly cost: ModelCost } | null;
  readonly spans: readonly (LegalSpan & { readonly costs: SpanCosts })[];
  readonly refused: readonly IllegalSpan[];
}

const layerColumns: Column[] = [
  { head: 'layer', isFlexible: true },
  { head: 'class' },
  { head: 'output' },
  { head: 'parameters', align: 'right' },
  { head: 'mult-adds', align: 'right' },
];

const spanColumns: Column[] = [
  { head: 'span', isFlexible: true },
  { head: 'becomes' },
  { head: 'kernel', align: 'right' },
  { head: 'parameters', align: 'right' },
  { head: 'mult-adds', align: 'right' },
  { head: 'times', align: 'right' },
];

export function inspectionText({ model, simplified, spans, refused }: Inspection): string {
  return [
    `Model ${printable(model.name)}`,
    '',
    layersOf(model),
    ...(model.countedFor
      ? [
          '',
          `Multiply-adds are those of ${model.countedFor.map((sizes) => shape(sizes)).join(' and ')}: the model leaves lengths open.`,
        ]
      : []),
    '',
    ...(simplified
      ? [
          `Simplified, exactly: ${simplified.layers} layers, ${count(simplified.cost.parameters)} parameters, ${large(simplified.cost.multiplyAdds)} multiply-adds. The spans are of that.`,
          '',
        ]
      : []),
    spansOf(spans),
    ...reasonsOf(refused),
  ].join('\n');
}

function layersOf({ layers }: ModelDescription): string {
  const sum = (of: 'parameters' | 'multiplyAdds') => layers.reduce((total, layer) => total + layer[of], 0);
  const rows = layers.map((layer) => [
    layer.name,
    layer.className,
    shape((layer.outputShapes[0] ?? []).slice(1)),
    layer.parameters > 0 ? count(layer.parameters) : '-',
    layer.multiplyAdds > 0 ? large(layer.multiplyAdds) : '-',
  ]);
  return table(layerColumns, [
    ...rows,
    ['total', '', '', count(sum('parameters')), large(sum('multiplyAdds'))],
  ]);
}

function spansOf(spans: Inspection['spans']): string {
  if (spans.length === 0) return 'Nothing can be fused.';
  const rows = spans.map(({ from, to, className, kernelSize, costs }) => [
    `${from}:${to}`,
    className,
    kernelSize ? shape(kernelSize) : '-',
    large(costs.fusedParameters),
    large(costs.fusedMultiplyAdds),
    times(costs.fusedMultiplyAdds, costs.multiplyAdds),
  ]);
  return [
    'What can be fused, as --spans takes it, with its whole receptive field; the last',
    'column compares multiply-adds with those of the layers that are replaced.',
    '',
    table(spanColumns, rows),
  ].join('\n');
}

function reasonsOf(refused: readonly IllegalSpan[]): string[] {
  if (refused.length === 0) return [];
  return [
    '',
    'What stops the rest:',
    ...refused.map(({ from, to, reason }) => {
      const place = from === to ? from : `${from}:${to}`;
      return `  ${printable(place)}: ${printableLine(reason)}`;
    }),
  ];
}
