import {
  didYouMean,
  FuseInitError,
  inWords,
  listNames,
  type Network,
  type NetworkNode,
  nodeOf,
} from '@fuseinit/core';
import { describeRegion, lowerSpan, type Registry } from '@fuseinit/registry';
import { type FoundSpans, spanOf, spansOf } from '../find-spans.js';
import { unusedName } from '../network/unused-name.js';
import type { FuseOptions, SpanRequest } from './fuse-options.js';
import type { FusedSpan } from './replace-span.js';

/**
 * Returns the requested spans after checking them, in the order of the network.
 *
 * @throws ARGUMENT_INVALID if no span is requested, or a kernel size for a layer that has none.
 * @throws SPAN_NOT_FOUND if the model has no layer of a given name, or no path leads from the first to the
 *   last.
 * @throws SPAN_ILLEGAL with the reason if a span can't be fused, or if two spans overlap.
 * @throws KERNEL_TOO_LARGE if a kernel exceeds the receptive field.
 */
export function planSpans(
  network: Network,
  registry: Registry,
  options: Pick<FuseOptions, 'spans' | 'kernelSize'>,
  open: Network = network,
): FusedSpan[] {
  if (!Array.isArray(options.spans) || options.spans.length === 0) {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      'spans is empty: ask for at least one, as { from, to }; findSpans lists them.',
    );
  }
  const taken = new Set<string>();
  const planned = options.spans.map((asked) => {
    const span = planSpan(network, registry, asked, {
      ...(options.kernelSize !== undefined && { kernelSize: options.kernelSize }),
      open,
      taken,
    });
    taken.add(span.name);
    return span;
  });
  const order = (span: FusedSpan) => network.nodes.indexOf(span.nodes[0]!);
  planned.sort((first, second) => order(first) - order(second));
  const seen = new Map<NetworkNode, FusedSpan>();
  for (const span of planned) {
    for (const node of span.nodes) {
      const other = seen.get(node);
      if (other) {
        throw new FuseInitError(
          'SPAN_ILLEGAL',
          `The spans ${other.name} and ${span.name} both hold the layer ${JSON.stringify(node.name)}: ask for one span over all, or for spans apart.`,
          { layerName: node.name },
        );
      }
      seen.set(node, span);
    }
  }
  return planned;
}

/**
 * Returns one span after checking it.
 *
 * @throws SPAN_NOT_FOUND, SPAN_ILLEGAL, KERNEL_TOO_LARGE, and ARGUMENT_INVALID for the kernel size of a layer
 *   that has none.
 */
export function planSpan(
  network: Network,
  registry: Registry,
  { from, to, kernelSize }: SpanRequest,
  {
    kernelSize: defaultKernelSize,
    open = network,
    taken = new Set(),
  }: {
    /** The kernel size to use if the request doesn't specify one. */
    readonly kernelSize?: FuseOptions['kernelSize'];
    /** The network as it was read, with lengths that may be open. */
    readonly open?: Network;
    /** Names that the fused layer can't have, in addition to those of the network. */
    readonly taken?: ReadonlySet<string>;
  } = {},
): FusedSpan {
  for (const name of [from, to]) {
    if (network.nodes.some((node) => node.name === name)) continue;
    const names = network.nodes.map((node) => node.name);
    throw new FuseInitError(
      'SPAN_NOT_FOUND',
      `The model has no layer ${JSON.stringify(name)}.${didYouMean(String(name), names)} It has ${listNames(names)}.`,
      {
        layerName: String(name),
      },
    );
  }
  const legal = spanOf(network, registry, { from, to }, open);
  if (!legal) throw whyNot(network, spansOf(network, registry, open), from, to);
  const nodes = legal.layers.map((name) => nodeOf(network, name));
  const lowered = lowerSpan(
    registry,
    describeRegion(network, { nodes }),
    (kernelSize === undefined ? defaultKernelSize : kernelSize) ?? undefined,
  );
  if (kernelSize != null && lowered.fused.geometry === null) {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      `The span from ${JSON.stringify(from)} to ${JSON.stringify(to)} becomes a ${lowered.fused.className}, which has no kernel to size: leave kernelSize ${inWords(kernelSize)} out.`,
      { layerName: to },
    );
  }
  return {
    name: unusedName(`${from}_${to}`, new Set([...taken, ...network.nodes.map((node) => node.name)])),
    nodes,
    lowered,
  };
}

function whyNot(network: Network, found: FoundSpans, from: string, to: string): FuseInitError {
  const position = (name: string) => network.nodes.findIndex((node) => node.name === name);
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
