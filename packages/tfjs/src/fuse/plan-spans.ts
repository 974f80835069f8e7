import { FuseInitError } from '@fuseinit/core';
import { type LoweredSpan, lowerSpan, type Registry } from '@fuseinit/registry';
import type { FoundSpans } from '../find-spans.js';
import { describeLayer } from '../graph/describe-layer.js';
import type { GraphNode, ModelGraph } from '../graph/model-graph.js';
import { unusedName } from '../graph/unused-name.js';
import type { FuseOptions, SpanRequest } from './fuse-options.js';

/** A span that will be fused: its nodes in the teacher and what they become. */
export interface PlannedSpan {
  readonly name: string;
  readonly run: readonly GraphNode[];
  readonly lowered: LoweredSpan;
}

/**
 * The spans asked for, checked and in the order of the graph.
 *
 * @throws ARGUMENT_INVALID when no span was asked for.
 * @throws SPAN_NOT_FOUND when a layer of that name isn't in the model, or no path leads from first to last.
 * @throws SPAN_ILLEGAL with the reason, or when two spans overlap.
 * @throws KERNEL_TOO_LARGE when a kernel exceeds its receptive field.
 */
export function planSpans(
  graph: ModelGraph,
  registry: Registry,
  found: FoundSpans,
  options: Pick<FuseOptions, 'spans' | 'kernelSize'>,
): PlannedSpan[] {
  if (!Array.isArray(options.spans) || options.spans.length === 0) {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      'spans is empty: ask for at least one, as { from, to }; findSpans lists them.',
    );
  }
  const taken = new Set<string>();
  const planned = options.spans.map((asked) => {
    const span = planSpan(graph, registry, found, asked, options.kernelSize, taken);
    taken.add(span.name);
    return span;
  });
  const order = (span: PlannedSpan) => graph.nodes.indexOf(span.run[0]!);
  planned.sort((first, second) => order(first) - order(second));
  const seen = new Map<GraphNode, PlannedSpan>();
  for (const span of planned) {
    for (const node of span.run) {
      const other = seen.get(node);
      if (other) {
        throw new FuseInitError(
          'SPAN_ILLEGAL',
          `The spans ${other.name} and ${span.name} both hold the layer ${JSON.stringify(node.id)}: ask for one span over all, or for spans apart.`,
          { layerName: node.id },
        );
      }
      seen.set(node, span);
    }
  }
  return planned;
}

/**
 * One span, checked.
 *
 * @param taken Names that its fused layer can't have, beside those of the graph.
 * @throws SPAN_NOT_FOUND, SPAN_ILLEGAL, KERNEL_TOO_LARGE
 */
export function planSpan(
  graph: ModelGraph,
  registry: Registry,
  found: FoundSpans,
  { from, to, kernelSize }: SpanRequest,
  defaultKernelSize?: FuseOptions['kernelSize'],
  taken: ReadonlySet<string> = new Set(),
): PlannedSpan {
  for (const name of [from, to]) {
    if (graph.nodes.some(({ id }) => id === name)) continue;
    const names = graph.nodes.map(({ id }) => id).join(', ');
    throw new FuseInitError(
      'SPAN_NOT_FOUND',
      `The model has no layer ${JSON.stringify(name)}. It has ${names}.`,
      {
        layerName: String(name),
      },
    );
  }
  const legal = found.legal.find((span) => span.from === from && span.to === to);
  if (!legal) throw whyNot(graph, found, from, to);
  const run = legal.layers.map((name) => graph.nodes.find(({ id }) => id === name)!);
  return {
    name: unusedName(`${from}_${to}`, new Set([...taken, ...graph.nodes.map(({ id }) => id)])),
    run,
    lowered: lowerSpan(registry, run.map(describeLayer), kernelSize ?? defaultKernelSize),
  };
}

function whyNot(graph: ModelGraph, found: FoundSpans, from: string, to: string): FuseInitError {
  const position = (name: string) => graph.nodes.findIndex(({ id }) => id === name);
  const span = `The span from ${JSON.stringify(from)} to ${JSON.stringify(to)}`;
  if (position(from) >= position(to)) {
    return new FuseInitError(
      'SPAN_NOT_FOUND',
      `${span} holds no two layers: the first must come before the last.`,
    );
  }
  const stopped = found.illegal.find(
    (illegal) => illegal.from === from && position(illegal.to) <= position(to),
  );
  if (stopped) {
    return new FuseInitError('SPAN_ILLEGAL', `${span} can't be fused. ${stopped.reason}`, {
      layerName: stopped.to,
    });
  }
  const ends = found.legal.filter((legal) => legal.from === from).map((legal) => JSON.stringify(legal.to));
  const hint =
    ends.length > 0
      ? `From ${JSON.stringify(from)}, a span can end at ${ends.join(', ')}.`
      : `A span can't begin at ${JSON.stringify(from)}: it begins with a dense layer or a convolution.`;
  return new FuseInitError('SPAN_ILLEGAL', `${span} can't be fused. ${hint}`, { layerName: to });
}
