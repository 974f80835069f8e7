import { joinTrials, type Plan, type Trials } from '@fuseinit/planner';
import type { Budget } from './budget.js';
import { plansToTry } from './plans-to-try.js';

/**
 * Tries the plan that is predicted to be the best within a budget and its neighbours. Where none turns out to be within,
 * goes on to those that keep to it more surely, one by one.
 *
 * @param most Plans at first, and once more as many where none is within.
 */
export async function tryAround(
  front: readonly Plan[],
  budget: Budget,
  most: number,
  tryThem: (plans: readonly Plan[]) => Promise<Trials>,
): Promise<Trials> {
  const around = budget.pick(front) ?? budget.closest(front);
  const first = plansToTry(front, around, most);
  let trials = await tryThem(first);
  let place = front.indexOf(budget.safer < 0 ? first[0]! : first.at(-1)!);
  for (let more = most; more > 0 && !budget.pickTried(trials); more--) {
    place += budget.safer;
    const next = front[place];
    if (!next) break;
    trials = joinTrials(trials, await tryThem([next]));
  }
  return trials;
}
