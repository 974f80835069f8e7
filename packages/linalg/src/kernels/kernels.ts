import { FuseInitError } from '@fuseinit/core';
import { kernelBytes } from './kernel-bytes.js';

/**
 * The exports of assembly/index.ts. All threads run a kernel, with their number, their count and where they
 * meet.
 */
export type KernelName =
  | 'holdRows'
  | 'addRows'
  | 'addPatches'
  | 'addRuns'
  | 'listPixels'
  | 'packPixels'
  | 'centerRows'
  | 'factor'
  | 'substituteBack'
  | 'subtractProduct';

/**
 * The address where threads meet: the start of memory is theirs, and 128 bytes for each of 64 from 1024 on.
 */
export const syncAddress = 64;
/** The first address that is ever allocated. */
export const firstAddress = 16384;
export const pageBytes = 65536;
/** Addresses are 32 bits wide. */
export const mostPages = 65536;

/** The instructions that kernels are compiled to: fused multiply-adds on vectors, vectors, or neither. */
export type Instructions = 'relaxed-simd' | 'simd' | 'scalar';

export const allInstructions: readonly Instructions[] = ['relaxed-simd', 'simd', 'scalar'];

export interface CompiledKernels {
  readonly instructions: Instructions;
  readonly module: WebAssembly.Module;
}

/**
 * The kernels for this engine.
 *
 * @param wanted Default the best that the engine has.
 * @throws ARGUMENT_INVALID for instructions that it hasn't.
 * @throws BACKEND_UNAVAILABLE where WebAssembly is missing or forbidden.
 */
export async function compileKernels(
  wanted: Instructions | undefined,
  shared: boolean,
): Promise<CompiledKernels> {
  if (typeof WebAssembly === 'undefined') {
    throw new FuseInitError('BACKEND_UNAVAILABLE', 'There is no WebAssembly here.');
  }
  for (const instructions of wanted ? [wanted] : allInstructions) {
    const bytes = bytesOf(instructions, shared);
    if (!bytes || !WebAssembly.validate(bytes)) continue;
    return { instructions, module: await compile(bytes) };
  }
  throw new FuseInitError(
    'ARGUMENT_INVALID',
    `instructions is ${JSON.stringify(wanted)}, which this engine hasn't: leave it out for the best that it has (${available(shared).join(', ')}).`,
  );
}

async function compile(bytes: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    // The bytes are valid: what forbids compiling is a page's Content-Security-Policy.
    throw new FuseInitError(
      'BACKEND_UNAVAILABLE',
      "WebAssembly may not be compiled here: a page's Content-Security-Policy must allow 'wasm-unsafe-eval'.",
      { cause },
    );
  }
}

function available(shared: boolean): Instructions[] {
  return allInstructions.filter((instructions) => WebAssembly.validate(bytesOf(instructions, shared)!));
}

function bytesOf(instructions: Instructions, shared: boolean): Uint8Array<ArrayBuffer> | undefined {
  const kernels = kernelBytes[instructions];
  if (!kernels) return undefined;
  const text = atob(kernels.base64);
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index);
  if (shared) bytes[kernels.sharedFlagAt] = kernels.sharedFlag;
  return bytes;
}
