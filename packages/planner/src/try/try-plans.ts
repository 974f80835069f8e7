import { FuseInitError } from '@fuseinit/core';
import { type FuseOptions, type FuseReport, fuse, type LayersModel } from '@fuseinit/tfjs';
import { sampleRankCorrelation } from 'simple-statistics';
import { compareLatency, type Latency, type LatencyOptions } from '../costs/measure-latency.js';
import type { Plan } from '../plan/chain.js';
import { evaluate, type LabelledData, type Score } from './evaluate.js';

export interface TryOptions extends Omit<FuseOptions, 'spans' | 'kernelSize' | 'checkpoint' | 'onProgress'> {
  /** What teacher and students are scored on. Default they aren't. */
  readonly evaluation?: LabelledData;
  readonly latency?: Omit<LatencyOptions, 'signal'>;
  /** Before each plan. */
  readonly onProgress?: (progress: { readonly done: number; readonly of: number }) => void;
}

/** A plan that was carried out, and how its student is. */
export interface TriedPlan {
  readonly plan: Plan;
  readonly report: FuseReport;
  /** Of the first output, on held-out samples: what the plan's predicted error stands for. */
  readonly outputRelativeMse: number;
  readonly score: Score | null;
  readonly latency: Latency;
}

export interface Trials {
  readonly plans: readonly TriedPlan[];
  readonly teacher: { readonly score: Score | null; readonly latency: Latency };
  /**
   * Spearman's, of the plans' predicted errors with those of their students' outputs: 1 where predictions rank the plans
   * as they are; null for fewer than three plans.
   */
  readonly rankCorrelation: number | null;
}

/**
 * Builds the students of some plans and measures them: a sum of local errors isn't the network's error, let alone its
 * accuracy. Students are disposed again.
 *
 * @throws as `fuse` and {@link evaluate} do.
 */
export async function tryPlans(
  teacher: LayersModel,
  plans: readonly Plan[],
  options: TryOptions,
): Promise<Trials> {
  const { evaluation, latency, onProgress, ...fuseOptions } = options;
  const { tf, signal } = fuseOptions;
  const scoreOf = async (model: LayersModel) => (evaluation ? evaluate(tf, model, evaluation) : null);
  const teacherScore = await scoreOf(teacher);
  const tried: TriedPlan[] = [];
  let teacherLatency: Latency | undefined;
  for (const plan of plans) {
    if (signal?.aborted) throw new FuseInitError('ABORTED', 'Aborted while plans were tried.');
    onProgress?.({ done: tried.length, of: plans.length });
    const { student, report } = await fuse(teacher, {
      ...fuseOptions,
      spans: plan.spans.map(({ from, to, kernelSize }) => ({ from, to, ...(kernelSize && { kernelSize }) })),
    });
    try {
      // The teacher takes its turns beside each student, so that both meet the same machine.
      const [ofTeacher, ofStudent] = await compareLatency(tf, [teacher, student], {
        ...latency,
        ...(signal && { signal }),
      });
      teacherLatency ??= ofTeacher!;
      const [{ relativeMse } = { relativeMse: Number.NaN }] = report.outputRelativeMse;
      tried.push({
        plan,
        report,
        outputRelativeMse: relativeMse,
        score: await scoreOf(student),
        latency: { ...ofStudent!, ...scaledTo(ofStudent!, teacherLatency.median / ofTeacher!.median) },
      });
    } finally {
      student.dispose();
    }
  }
  if (!teacherLatency) throw new FuseInitError('ARGUMENT_INVALID', 'No plan came to be tried.');
  return {
    plans: tried,
    teacher: { score: teacherScore, latency: teacherLatency },
    rankCorrelation:
      tried.length < 3
        ? null
        : sampleRankCorrelation(
            tried.map(({ plan }) => plan.outputRelativeMse),
            tried.map(({ outputRelativeMse }) => outputRelativeMse),
          ),
  };
}

/** Times of another turn of the machine, as they would be beside the first. */
function scaledTo({ median, low, high }: Latency, factor: number): Pick<Latency, 'median' | 'low' | 'high'> {
  return { median: median * factor, low: low * factor, high: high * factor };
}
