import type { Shard } from '@fuseinit/tfjs';
import { InvalidArgumentError } from 'commander';

/** Parses `1/4`, the first of four parts. */
export function shard(text: string): Shard {
  const found = /^([1-9]\d*)\/([1-9]\d*)$/.exec(text);
  const [index, of] = [Number(found?.[1]), Number(found?.[2])];
  if (!(index <= of)) {
    throw new InvalidArgumentError('A part such as 1/4, from 1/4 to 4/4, was expected.');
  }
  return { index: index - 1, of };
}
