import { costOf, type Network, nodeOf } from '@fuseinit/core';
import {
  describe,
  findSpans,
  type IllegalSpan,
  type LegalSpan,
  type ModelCost,
  type ModelDescription,
  readNetwork,
} from '@fuseinit/tfjs';
import { costOfSpan, withInputShapes } from '@fuseinit/tfjs/internal';
import type { Command } from 'commander';
import { openDevice } from '../../model/open-device.js';
import { addSimplifyingOption, openTeacher, type SimplifyingOptions } from '../../model/teacher.js';
import { addCommonOptions, addPluginOption, type BackendOptions } from '../../program/common-options.js';
import type { ExitCode } from '../../program/failure.js';
import { type Outcome, runCommand } from '../../program/run-command.js';
import { count, large, shape, times } from '../../terminal/figures.js';
import { printable, printableLine } from '../../terminal/printable.js';
import { type Column, table } from '../../terminal/table.js';

type InspectOptions = Omit<BackendOptions, 'backend'> & SimplifyingOptions;

export function defineInspect(program: Command, ended: (code: ExitCode) => void): void {
  const command = program
    .command('inspect')
    .description('Layers of a model, what can be fused, and what stops the rest.')
    .argument('<model>', 'a folder with a model.json, or that file');
  addPluginOption(addCommonOptions(addSimplifyingOption(command)))
    .addHelpText(
      'after',
      `
Spans are those of the simplified model, as fuse takes them; layers are those of the model given.

Examples:
  fuseinit inspect teacher
  fuseinit inspect teacher/model.json --json`,
    )
    .action(async (model: string, options: InspectOptions) => {
      ended(await runCommand(options, ({ warn }) => inspectModel(model, options, warn)));
    });
}

async function inspectModel(
  path: string,
  options: InspectOptions,
  warn: (message: string) => void,
): Promise<Outcome> {
  const device = await openDevice({ ...options, backend: 'cpu' }, () => {});
  const { given, model } = await openTeacher(device, path, options, warn);
  const network = withInputShapes(readNetwork(model));
  const { legal, illegal } = findSpans(model, { plugins: device.plugins });
  const spans = legal.map((span) => ({ ...span, costs: spanCosts(network, span) }));
  const simplified = given === model ? null : { layers: network.nodes.length, cost: costOf(network) };
  const data = { model: describe(given), simplified, spans, refused: illegal };
  return { text: inspectionText(data), data };
}

/**
 * The cost of a span as it is, and as one layer with the whole receptive field, in multiply-adds per sample.
 */
export interface SpanCosts {
  readonly parameters: number;
  readonly multiplyAdds: number;
  readonly fusedParameters: number;
  readonly fusedMultiplyAdds: number;
}

/** @param network A network without open lengths. */
export function spanCosts(network: Network, span: LegalSpan): SpanCosts {
  const { parameters, multiplyAdds } = costOf({ nodes: span.layers.map((name) => nodeOf(network, name)) });
  const fused = costOfSpan(network, span, span.kernelSize);
  return {
    parameters,
    multiplyAdds,
    fusedParameters: fused.parameters,
    fusedMultiplyAdds: fused.multiplyAdds,
  };
}

interface Inspection {
  readonly model: ModelDescription;
  /** The simplified model, whose spans are listed; null if the spans are those of the model given. */
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

function inspectionText({ model, simplified, spans, refused }: Inspection): string {
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
