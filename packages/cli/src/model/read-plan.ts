import { readFile } from 'node:fs/promises';
import { FuseInitError } from '@fuseinit/core';
import { type PlanFile, parsePlan } from '@fuseinit/planner';
import type { LayersModel, SpanRequest } from '@fuseinit/tfjs';
import { teacherFingerprint } from '@fuseinit/tfjs/internal';

/**
 * The spans of a plan that is for this model.
 *
 * @throws PLAN_INVALID when there is no plan at the path, it has faults, or is for another model.
 */
export async function readPlan(path: string, model: LayersModel): Promise<SpanRequest[]> {
  const plan = parsePlan(await textOf(path), path);
  await requireSameModel(plan, path, model);
  return plan.spans.map(({ from, to, kernelSize }) => ({ from, to, ...(kernelSize && { kernelSize }) }));
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new FuseInitError(
      'PLAN_INVALID',
      `The plan ${path} can't be read: ${(cause as Error).message}. fuseinit plan -o writes one.`,
      { cause },
    );
  }
}

async function requireSameModel({ teacher }: PlanFile, path: string, model: LayersModel): Promise<void> {
  if (teacher.fingerprint === undefined || teacher.fingerprint === (await teacherFingerprint(model))) return;
  throw new FuseInitError(
    'PLAN_INVALID',
    `${path} is a plan for another model, ${JSON.stringify(teacher.name)}: layers or weights of ${JSON.stringify(model.name)} are others. Plan anew, or take teacher.fingerprint out of the plan to use it all the same.`,
  );
}
