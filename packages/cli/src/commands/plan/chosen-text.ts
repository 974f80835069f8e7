import type { Plan } from '@fuseinit/planner';
import { printable } from '../../terminal/printable.js';
import type { Budget } from './budget.js';

interface Choice {
  /** What was predicted to be the best. */
  readonly picked: Plan | undefined;
  readonly whole: readonly Plan[];
  readonly output: string | undefined;
}

export function chosenText({ text }: Budget, chosen: Plan, { picked, whole, output }: Choice): string {
  const how = picked && picked !== chosen ? ', as measured' : '';
  return [
    `Chosen for ${text}${how}: plan ${whole.indexOf(chosen) + 1}.`,
    output === undefined
      ? 'Give -o plan.json to write it.'
      : `Written to ${printable(output)}, to be edited and given to fuse --plan.`,
  ].join('\n');
}
