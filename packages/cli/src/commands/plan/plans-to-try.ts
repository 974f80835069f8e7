import type { Plan } from '@fuseinit/planner';

/**
 * Some plans of a front, around one of them: itself, its neighbours, theirs, the cheaper one first each time, since what
 * is predicted to be just within a budget may turn out to be just out of it.
 *
 * @returns In the order of the front.
 */
export function plansToTry(front: readonly Plan[], around: Plan, most: number): Plan[] {
  const middle = front.indexOf(around);
  return [...front.keys()]
    .sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle) || a - b)
    .slice(0, most)
    .sort((a, b) => a - b)
    .map((index) => front[index]!);
}
