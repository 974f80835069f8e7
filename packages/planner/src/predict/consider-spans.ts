import { sizeOf } from '@fuseinit/core';
import {
  type DescribedLayer,
  describe,
  findSpans,
  type LayersModel,
  type LegalSpan,
  type Plugin,
  type TensorFlow,
} from '@fuseinit/tfjs';
import { layerModel, spanModel } from '@fuseinit/tfjs/internal';
import { addCosts, type Costs, noCosts } from '../costs/costs.js';
import type { LatencyOptions } from '../costs/measure-latency.js';
import { type LatencyCache, partCosts } from '../costs/part-costs.js';
import { kernelSizesOf } from './kernel-sizes.js';
import type { SkippedSpan, SpanOption } from './span-options.js';

export interface ConsiderOptions {
  readonly tf: TensorFlow;
  readonly plugins: readonly Plugin[];
  /** Inputs of a fused layer beyond which its moments and their solution take too long. */
  readonly maxPatchSize: number;
  readonly latencyCache: LatencyCache;
  readonly latency: LatencyOptions;
  readonly onPart: (done: number, of: number, name: string) => void;
}

export interface Considered {
  /** Of every layer as it is, by its name. */
  readonly layers: ReadonlyMap<string, Costs>;
  readonly options: readonly SpanOption[];
  readonly skipped: readonly SkippedSpan[];
}

/** Every legal span with every kernel that may be worth it, and what all layers cost, measured. */
export async function considerSpans(teacher: LayersModel, options: ConsiderOptions): Promise<Considered> {
  const { tf, plugins, onPart } = options;
  const described = new Map(describe(teacher).layers.map((layer) => [layer.name, layer]));
  const { legal } = findSpans(teacher, { plugins });
  const all = legal.flatMap((span) =>
    (span.kernelSize ? kernelSizesOf(span.kernelSize) : [null]).map((kernelSize) => ({ span, kernelSize })),
  );
  const total = described.size + all.length;
  const layers = new Map<string, Costs>();
  for (const { name, readsFrom } of described.values()) {
    onPart(layers.size, total, name);
    // An input takes no time, and can't be a model of its own.
    const costs =
      readsFrom.length === 0 ? noCosts : await costsOf(options, () => layerModel(tf, teacher, name));
    layers.set(name, costs);
  }
  const considered: SpanOption[] = [];
  const skipped: SkippedSpan[] = [];
  for (const [index, { span, kernelSize }] of all.entries()) {
    const { from, to, className } = span;
    onPart(described.size + index, total, `${from} to ${to}`);
    const patchSize = patchSizeOf(described.get(from)!, kernelSize);
    if (patchSize > options.maxPatchSize) {
      const reason = `The fused layer would have ${patchSize} inputs, more than ${options.maxPatchSize}.`;
      skipped.push({ from, to, kernelSize, reason });
      continue;
    }
    const request = { from, to, kernelSize };
    const costs = await costsOf(options, () => spanModel(tf, teacher, request, plugins));
    const replaced = span.layers.map((name) => layers.get(name)!).reduce(addCosts, noCosts);
    if (costs.parameters > replaced.parameters && costs.multiplyAdds > replaced.multiplyAdds) {
      const reason = `The fused layer would have ${costs.parameters} parameters and ${costs.multiplyAdds} multiply-adds in the place of ${replaced.parameters} and ${replaced.multiplyAdds}.`;
      skipped.push({ from, to, kernelSize, reason });
      continue;
    }
    considered.push({ from, to, layers: span.layers, className, kernelSize, patchSize, costs });
  }
  return { layers, options: considered, skipped };
}

async function costsOf(
  { tf, latencyCache, latency }: ConsiderOptions,
  make: () => LayersModel,
): Promise<Costs> {
  const part = make();
  try {
    return await partCosts(tf, part, latencyCache, latency);
  } finally {
    part.dispose();
  }
}

function patchSizeOf(first: DescribedLayer, kernelSize: LegalSpan['kernelSize']): number {
  const sample = first.inputShapes[0]!.slice(1) as number[];
  return kernelSize ? sizeOf(kernelSize) * sample.at(-1)! : sizeOf(sample);
}
