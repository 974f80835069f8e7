import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');

/**
 * Collects what earlier turns left, so that none pays for another; a program that runs once has no such
 * garbage.
 */
export const collectGarbage = runInNewContext('gc') as () => void;
