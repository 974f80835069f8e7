import type { Shard } from '@fuseinit/tfjs';
import { InvalidArgumentError } from 'commander';

/** Parses `0/4`, the first of four parts: counted as the libraries' messages count them. */
export function shard(text: string): Shard {
  const found = /^(\d+)\/([1-9]\d*)$/.exec(text);
  const [index, of] = [Number(found?.[1]), Number(found?.[2])];
  if (!(index < of)) {
    throw new InvalidArgumentError('A part such as 0/4, from 0/4 to 3/4, was expected.');
  }
  return { index, of };
}
