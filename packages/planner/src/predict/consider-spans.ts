import { costOf, type Network, sizeOf } from '@fuseinit/core';
import type { LegalSpan } from '@fuseinit/tfjs';
import { costOfSpan } from '@fuseinit/tfjs/internal';
import { addCosts, type Costs } from '../costs/costs.js';

/** A span with one kernel size, and what is known about it before it is tried. */
export interface SpanOption extends LegalSpan {
  /** The kernel size of this option's fused convolution; null for a dense layer. */
  readonly kernelSize: readonly number[] | null;
  /** The number of inputs of the fused layer. */
  readonly patchSize: number;
  /** The number of multiply-adds for trying this option on all samples. */
  readonly work: number;
}

/** A span that isn't tried, and the reason. */
export interface SkippedSpan {
  readonly from: string;
  readonly to: string;
  readonly kernelSize: readonly number[] | null;
  readonly reason: string;
}

export interface ConsideredSpans {
  readonly options: readonly SpanOption[];
  readonly skipped: readonly SkippedSpan[];
  /** The layers that are refitted after each option when it is tried. */
  readonly refit: 'downstream' | number;
}

export interface ConsiderOptions {
  /**
   * The maximum number of inputs of a fused layer, beyond which its moments and their solution take too long.
   */
  readonly maxPatchSize: number;
  /** The maximum number of multiply-adds for trying all options. */
  readonly maxWork: number;
  /** The number of samples that each option is tried on. */
  readonly samples: number;
  /** The names of the layers that can be refitted. */
  readonly refittable: ReadonlySet<string>;
}

type Counted = Omit<Costs, 'latency'>;

/**
 * The spans and kernels that are worth trying. A fused layer isn't if it has both more parameters and more
 * multiply-adds than the layers that it replaces, has too many inputs, or skips positions between its
 * strides.
 *
 * Where trying all of them would take too long, only the options that save most for each layer that they
 * replace are tried, since the error grows with the number of layers; where that leaves too few, fewer later
 * layers are refitted. Work is counted rather than timed, so that the selection is repeatable.
 */
export function considerSpans(
  network: Network,
  legal: readonly LegalSpan[],
  { maxPatchSize, maxWork, samples, refittable }: ConsiderOptions,
): ConsideredSpans {
  const costs = new Map(network.nodes.map((node) => [node.name, costOf({ nodes: [node] })]));
  const total = addedUp([...costs.values()]);
  const workOf = workOfTrying(network, costs, samples, refittable);
  const skipped: SkippedSpan[] = [];
  const found: { readonly option: Omit<SpanOption, 'work'>; readonly worth: number }[] = [];
  for (const span of legal) {
    for (const kernelSize of span.kernelSize ? kernelSizesOf(span.kernelSize) : [null]) {
      const { from, to, layers, className } = span;
      const skip = (reason: string) => void skipped.push({ from, to, kernelSize, reason });
      const fused = costOfSpan(network, span, kernelSize);
      const replaced = addedUp(layers.map((name) => costs.get(name)!));
      if (fused.patchSize > maxPatchSize) {
        skip(`The fused layer would have ${fused.patchSize} inputs, more than ${maxPatchSize}.`);
      } else if (fused.parameters > replaced.parameters && fused.multiplyAdds > replaced.multiplyAdds) {
        skip(
          `The fused layer would have ${fused.parameters} parameters and ${fused.multiplyAdds} multiply-adds in the place of ${replaced.parameters} and ${replaced.multiplyAdds}.`,
        );
      } else if (kernelSize?.some((size, axis) => size < fused.steps[axis]!)) {
        skip(`A kernel of [${kernelSize}] leaves out positions between its steps of [${fused.steps}].`);
      } else {
        const saving = (of: 'multiplyAdds' | 'parameters') =>
          total[of] > 0 ? (replaced[of] - fused[of]) / total[of] : 0;
        const lost = Math.max(0.5, replaced.depth - 1);
        const option = { from, to, layers, className, kernelSize, patchSize: fused.patchSize };
        found.push({ option, worth: (saving('multiplyAdds') + 0.25 * saving('parameters')) / lost });
      }
    }
  }
  const byWorth = [...found].sort((first, second) => second.worth - first.worth);
  const wanted = byWorth.slice(0, wantedCandidates);
  const refit = refits.find(
    (each) => wanted.reduce((sum, { option }) => sum + workOf(option, each), 0) <= maxWork,
  );
  const chosen = new Set<object>();
  let work = 0;
  for (const { option } of byWorth) {
    work += workOf(option, refit ?? 1);
    if (work > maxWork && chosen.size > 0) break;
    chosen.add(option);
  }
  const options: SpanOption[] = [];
  for (const { option } of found) {
    const { from, to, kernelSize } = option;
    if (chosen.has(option)) options.push({ ...option, work: workOf(option, refit ?? 1) });
    else {
      const reason = `Of ${found.length} candidates ${chosen.size} are tried: those that save most for each layer that they replace.`;
      skipped.push({ from, to, kernelSize, reason });
    }
  }
  return { options, skipped, refit: refit ?? 1 };
}

/** The possible numbers of refitted layers, from the most accurate to the fastest. */
const refits = ['downstream', 8, 4, 2, 1] as const;
/**
 * The number of candidates that should be tried: rather than try fewer, fewer layers are refitted. It is
 * small, since a candidate that is tried with fewer refits than the plan will have is predicted badly.
 */
const wantedCandidates = 16;

function addedUp(costs: readonly Counted[]): Counted {
  const none = { latency: 0, parameters: 0, multiplyAdds: 0, depth: 0 };
  return costs.reduce((sum: Costs, each) => addCosts(sum, { latency: 0, ...each }), none);
}

/**
 * The kernel sizes to consider for a fused convolution: its receptive field, and smaller ones exactly centred
 * in it.
 */
function kernelSizesOf(receptiveField: readonly number[]): number[][] {
  const sizes: number[][] = [];
  for (let size = [...receptiveField]; size.every((length) => length > 0); ) {
    sizes.push(size);
    size = size.map((length) => length - 2);
  }
  return sizes;
}

/**
 * The number of multiply-adds for trying a span: from the span on, the teacher and the student run up to the
 * last refitted layer, each layer once; the inputs of the solved layers are multiplied with each other; and
 * after each refit, the rest of the network runs on the held-out third of the samples. What runs before the
 * span is shared with other spans.
 */
function workOfTrying(
  { nodes }: Network,
  costs: ReadonlyMap<string, Counted>,
  samples: number,
  refittable: ReadonlySet<string>,
): (span: Pick<SpanOption, 'from' | 'to' | 'patchSize'>, refit: 'downstream' | number) => number {
  let before = 0;
  const upTo = nodes.map(({ name }) => (before += costs.get(name)!.multiplyAdds));
  const place = new Map(nodes.map(({ name }, index) => [name, index]));
  const products = (positions: number, patchSize: number) => (positions * patchSize ** 2) / 2;
  const refits = nodes.flatMap(({ name, layer, outputs }, index) => {
    if (!refittable.has(name)) return [];
    const { shape } = layer.weights[0]!;
    const patchSize = sizeOf(shape) / shape.at(-1)!;
    const own = products(positionsOf(outputs[0]!.shape), patchSize);
    return [{ index, work: own + (before - upTo[index]!) / 3 }];
  });
  return ({ from, to, patchSize }, refit) => {
    const end = place.get(to)!;
    const shared = upTo[place.get(from)! - 1] ?? 0;
    const later = refits.filter(({ index }) => index > end);
    const refitted = refit === 'downstream' ? later : later.slice(0, refit);
    const own = upTo[end]! - shared + products(positionsOf(nodes[end]!.outputs[0]!.shape), patchSize);
    const runs = 2 * (upTo[refitted.at(-1)?.index ?? end]! - upTo[end]!);
    return samples * (refitted.reduce((sum, { work }) => sum + work, own + runs) + (before - shared) / 3);
  };
}

function positionsOf(shape: readonly (number | null)[]): number {
  return sizeOf(shape.slice(0, -1).map(Number));
}
