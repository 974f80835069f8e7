import { FuseInitError } from '@fuseinit/core';
import { type CompiledKernels, compileKernels } from '../kernels/compile-kernels.js';
import type { Instructions } from '../kernels/instructions.js';
import type { Engine } from './engine.js';
import { inlineEngine } from './inline-engine.js';
import { nodeModule } from './node-module.js';
import { remoteEngine } from './remote-engine.js';
import { teamEngine } from './team-engine.js';

/** More threads than this gain little: they wait for memory. */
const mostThreads = 8;

export interface OpenedEngine {
  readonly engine: Engine;
  readonly instructions: Instructions;
}

/**
 * Starts what this place allows: several threads on shared memory; one worker where a page must stay responsive and may
 * not share; else the caller's own thread.
 *
 * @throws ARGUMENT_INVALID for a number of threads that is no positive integer, or instructions that aren't there.
 */
export async function openEngine(
  threads: number | undefined,
  instructions: Instructions | undefined,
): Promise<OpenedEngine> {
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1 && threads <= 64)) {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      `threads is ${threads}: an integer from 1 to 64 was expected.`,
    );
  }
  const wanted = threads ?? Math.min(mostThreads, coreCount());
  const shared = wanted > 1 && canShare();
  const kernels = await compileKernels(instructions, shared);
  return { engine: await startEngine(kernels, shared ? wanted : 1), instructions: kernels.instructions };
}

async function startEngine(kernels: CompiledKernels, threads: number): Promise<Engine> {
  if (threads > 1) return teamEngine(kernels, threads);
  if (!isPage()) return inlineEngine(kernels);
  try {
    return await remoteEngine(kernels);
  } catch {
    // A page whose policy forbids workers: it waits, but it has its answer.
    return inlineEngine(kernels);
  }
}

function coreCount(): number {
  return (
    nodeModule('os')?.availableParallelism() ??
    (globalThis as { navigator?: { hardwareConcurrency?: number } }).navigator?.hardwareConcurrency ??
    1
  );
}

function canShare(): boolean {
  if (typeof SharedArrayBuffer === 'undefined') return false;
  return (
    nodeModule('worker_threads') !== undefined ||
    (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated === true
  );
}

/** Whether this is a page's own thread, which must not be held up. */
function isPage(): boolean {
  return nodeModule('worker_threads') === undefined && typeof document !== 'undefined';
}
