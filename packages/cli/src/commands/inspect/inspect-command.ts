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
import { inCommandWords } from '../../program/command-words.js';
import { addCommonOptions, addPluginOption, type BackendOptions } from '../../program/common-options.js';
import type { ExitCode } from '../../program/failure.js';
import { type Outcome, runCommand } from '../../program/run-command.js';
import { count, large, shape, times } from '../../terminal/figures.js';
import { printable, printableLine } from '../../terminal/printable.js';
import { type Column, table } from '../../terminal/table.js';

interface InspectOptions extends Omit<BackendOptions, 'backend'>, SimplifyingOptions {
  readonly all?: boolean;
}

export function defineInspect(program: Command, ended: (code: ExitCode) => void): void {
  const command = program
    .command('inspect')
    .description('Layers of a model, what can be fused, and what stops the rest.')
    .argument('<model>', 'a folder with a model.json, or that file')
    .option('--all', 'each layer, span and reason of a deep network; --json has them always');
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
  return { text: inspectionText(data, options.all === true), data };
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

const classColumns: Column[] = [
  { head: 'class' },
  { head: 'layers', align: 'right' },
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

/** The maximum number of layers, spans and reasons that are listed one by one without `--all`. */
const [mostLayers, mostSpans, mostReasons] = [30, 20, 12];

export function inspectionText({ model, simplified, spans, refused }: Inspection, all: boolean): string {
  return [
    `Model ${printable(model.name)}`,
    '',
    all || model.layers.length <= mostLayers ? layersOf(model) : classesOf(model),
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
    spansOf(spans, all),
    ...reasonsOf(refused, all),
  ].join('\n');
}

function total(layers: ModelDescription['layers'], of: 'parameters' | 'multiplyAdds'): number {
  return layers.reduce((sum, layer) => sum + layer[of], 0);
}

function layersOf({ layers }: ModelDescription): string {
  const rows = layers.map((layer) => [
    layer.name,
    layer.className,
    shape((layer.outputShapes[0] ?? []).slice(1)),
    layer.parameters > 0 ? count(layer.parameters) : '-',
    layer.multiplyAdds > 0 ? large(layer.multiplyAdds) : '-',
  ]);
  return table(layerColumns, [
    ...rows,
    ['total', '', '', count(total(layers, 'parameters')), large(total(layers, 'multiplyAdds'))],
  ]);
}

/** The layers of each class together, most expensive first. */
function classesOf({ layers }: ModelDescription): string {
  const classes = [...new Set(layers.map(({ className }) => className))].map((className) => {
    const own = layers.filter((layer) => layer.className === className);
    const [parameters, work] = [total(own, 'parameters'), total(own, 'multiplyAdds')];
    return { className, count: own.length, parameters, work };
  });
  const rows = classes
    .sort((one, other) => other.work - one.work || other.count - one.count)
    .map(({ className, count: number, parameters, work }) => [
      className,
      count(number),
      parameters > 0 ? count(parameters) : '-',
      work > 0 ? large(work) : '-',
    ]);
  return table(classColumns, [
    ...rows,
    ['total', count(layers.length), count(total(layers, 'parameters')), large(total(layers, 'multiplyAdds'))],
  ]);
}

function spansOf(legal: Inspection['spans'], all: boolean): string {
  if (legal.length === 0) return 'Nothing can be fused.';
  // The error grows with the number of layers that a span replaces, so savings are compared for each of them.
  const saving = ({ costs, layers }: Inspection['spans'][number]) =>
    (costs.multiplyAdds - costs.fusedMultiplyAdds) / Math.max(1, layers.length - 1);
  const most = [...legal].sort((one, other) => saving(other) - saving(one)).slice(0, mostSpans);
  const spans = all || legal.length <= mostSpans ? legal : legal.filter((span) => most.includes(span));
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
    ...(spans.length < legal.length
      ? [
          `Of ${count(legal.length)} spans, these save most for each layer that they replace; --all lists all.`,
        ]
      : []),
  ].join('\n');
}

/** The reasons why spans end, each once: those that differ by the names of layers alone are one. */
function groupedReasons(refused: readonly IllegalSpan[]): { first: IllegalSpan; count: number }[] {
  const groups = new Map<string, { first: IllegalSpan; count: number }>();
  for (const illegal of refused) {
    const kind = illegal.reason.replaceAll(/"[^"]*"/g, '').replaceAll(/\d+/g, '');
    const group = groups.get(kind) ?? { first: illegal, count: 0 };
    groups.set(kind, { ...group, count: group.count + 1 });
  }
  return [...groups.values()].sort((one, other) => other.count - one.count);
}

function reasonText(reason: string): string {
  return printableLine(inCommandWords(reason));
}

function reasonsOf(refused: readonly IllegalSpan[], all: boolean): string[] {
  if (refused.length === 0) return [];
  if (!all && refused.length > mostReasons) {
    const groups = groupedReasons(refused);
    return [
      '',
      'What stops the rest, and where for one:',
      ...groups.slice(0, mostReasons).map(({ first: { from, to, reason }, count: places }) => {
        const place = from === to ? from : `${from}:${to}`;
        return `  ${count(places)} x ${printable(place)}: ${reasonText(reason)}`;
      }),
      ...(groups.length > mostReasons ? [`  and ${groups.length - mostReasons} other reasons`] : []),
      '--all lists each.',
    ];
  }
  return [
    '',
    'What stops the rest:',
    ...refused.map(({ from, to, reason }) => {
      const place = from === to ? from : `${from}:${to}`;
      return `  ${printable(place)}: ${reasonText(reason)}`;
    }),
  ];
}
