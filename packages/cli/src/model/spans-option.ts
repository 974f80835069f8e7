import type { SpanRequest } from '@fuseinit/tfjs';
import { InvalidArgumentError } from 'commander';
import { lengths, list } from '../program/option-values.js';

/** Parses `conv1:conv2,conv3:conv4@5`: spans by their first and last layer, and the kernel of a fused convolution. */
export function spans(text: string): SpanRequest[] {
  return list(text).map((part) => {
    const found = /^([^:]+):([^:]+?)(?:@(\d+(?:x\d+)?))?$/.exec(part);
    if (!found) {
      throw new InvalidArgumentError(
        'FIRST:LAST or FIRST:LAST@KERNEL, separated by commas, was expected; a plan takes any name of a layer.',
      );
    }
    const [, from, to, kernel] = found;
    return { from: from!, to: to!, ...(kernel !== undefined && { kernelSize: kernelSize(kernel) }) };
  });
}

/** Parses `5` or `3x5`: a number is for every axis. */
export function kernelSize(text: string): number | number[] {
  const sizes = lengths(text);
  return sizes.length === 1 ? sizes[0]! : sizes;
}
