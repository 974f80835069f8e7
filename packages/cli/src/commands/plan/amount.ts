import { InvalidArgumentError } from 'commander';
import type { Amount } from './budget.js';

/** Parses `0.5` in some unit, or `50%` of the teacher's. */
export function amount(unit: number): (text: string) => Amount {
  return (text) => {
    const found = /^(\d+(?:\.\d+)?|\.\d+)\s*(%?)$/.exec(text.trim());
    if (!found || Number(found[1]) === 0) {
      throw new InvalidArgumentError(
        "A number above 0, or a share of the teacher's such as 50%, was expected.",
      );
    }
    const isShare = found[2] === '%';
    return { value: Number(found[1]) * (isShare ? 0.01 : unit), isShare };
  };
}
