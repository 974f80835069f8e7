import { FuseInitError, requireNotAborted } from '@fuseinit/core';
import { type FuseOptions, fuse, type LayersModel } from '@fuseinit/tfjs';
import { runnableLayers } from '@fuseinit/tfjs/internal';
import { compareLatency, type Latency, type LatencyOptions } from '../costs/measure-latency.js';
import type { Plan } from '../plan/plan.js';
import { evaluate, type LabelledData } from './evaluate.js';
import { rankCorrelationOf } from './rank-correlation.js';
import { scaledLatency } from './scaled-latency.js';
import type { Trials, TriedPlan } from './trials.js';

/** Options of {@link tryPlans}. */
export interface TryOptions extends Omit<FuseOptions, 'spans' | 'kernelSize' | 'checkpoint' | 'onProgress'> {
  /** The labelled data on which the teacher and the students are scored. Default: they aren't scored. */
  readonly evaluation?: LabelledData;
  /** The original teacher, if `teacher` is its simplified form. It is measured too, as a LayersModel. */
  readonly given?: LayersModel;
  readonly latency?: Omit<LatencyOptions, 'signal'>;
  /** Whether the students are returned. Default false: they are disposed once they are measured. */
  readonly keepStudents?: boolean;
  /** Called before each plan is tried. */
  readonly onProgress?: (progress: { readonly done: number; readonly of: number }) => void;
}

/**
 * Builds the students of the given plans and measures them, since the sum of the spans' errors is only an
 * estimate of the network's error and says nothing about its accuracy.
 *
 * @throws as `fuse` and {@link evaluate} do.
 */
export async function tryPlans(
  teacher: LayersModel,
  plans: readonly Plan[],
  options: TryOptions,
): Promise<Trials> {
  const { evaluation, given, latency, keepStudents = false, onProgress, ...fuseOptions } = options;
  const { tf, signal } = fuseOptions;
  const scoreOf = async (model: LayersModel) => (evaluation ? evaluate(tf, model, evaluation) : null);
  const teacherScore = await scoreOf(teacher);
  const tried: TriedPlan[] = [];
  let teacherLatency: Latency | undefined;
  let givenLatency: Latency | undefined;
  for (const plan of plans) {
    requireNotAborted(signal, 'plans');
    onProgress?.({ done: tried.length, of: plans.length });
    const { student, report } = await fuse(teacher, {
      ...fuseOptions,
      spans: plan.spans,
    });
    let isKept = false;
    try {
      // The teacher is timed in turns with each student, so that both run under the same conditions.
      const beside = given && !givenLatency ? [runnableLayers(given)] : [];
      const [ofTeacher, ofStudent, ofGiven] = await compareLatency(tf, [teacher, student, ...beside], {
        ...latency,
        ...(signal && { signal }),
      });
      teacherLatency ??= ofTeacher!;
      givenLatency ??= ofGiven;
      const [{ relativeMse } = { relativeMse: Number.NaN }] = report.outputRelativeMse;
      tried.push({
        plan,
        report,
        outputRelativeMse: relativeMse,
        score: await scoreOf(student),
        latency: scaledLatency(ofStudent!, teacherLatency.median / ofTeacher!.median),
        ...(keepStudents && { student }),
      });
      isKept = keepStudents;
    } finally {
      if (!isKept) student.dispose();
    }
  }
  if (!teacherLatency) throw new FuseInitError('ARGUMENT_INVALID', 'No plan came to be tried.');
  return {
    plans: tried,
    teacher: { score: teacherScore, latency: teacherLatency },
    given: given ? { score: await scoreOf(given), latency: givenLatency! } : null,
    rankCorrelation: rankCorrelationOf(tried),
  };
}
