import { requireNotAborted } from '@fuseinit/core';
import type { LayersModel, Tensor, TensorFlow } from '@fuseinit/tfjs';
import { yieldToMessages } from './cancelling.js';
import { compiledPrograms, dropCompiledPrograms } from './shader-programs.js';

interface ColdRun {
  readonly coldMs: number;
  readonly shaderPrograms: number | null;
}

/**
 * Median milliseconds of one prediction with no shader compiled, and how many it takes. The models take
 * turns: browsers and drivers keep compiled shaders of their own, and whoever comes second has some from the
 * first.
 */
export async function coldRuns(
  tf: TensorFlow,
  models: readonly LayersModel[],
  input: Tensor,
  signal: AbortSignal,
): Promise<ColdRun[]> {
  const times = models.map((): number[] => []);
  const programs: (number | null)[] = [];
  for (let round = 0; round < 3; round++) {
    for (const [index, model] of models.entries()) {
      dropCompiledPrograms(tf);
      times[index]!.push(await timed(tf, model, input, 1));
      programs[index] = compiledPrograms(tf);
      await yieldToMessages();
      requireNotAborted(signal, 'latency');
    }
  }
  return times.map((values, index) => ({ coldMs: median(values), shaderPrograms: programs[index] ?? null }));
}

/**
 * Median milliseconds of one prediction, warm. The models take turns, so that whatever else the machine does
 * falls on all of them alike; several predictions a turn, since browsers round their clocks.
 */
export async function warmLatencies(
  tf: TensorFlow,
  models: readonly LayersModel[],
  input: Tensor,
  signal: AbortSignal,
): Promise<number[]> {
  const times = models.map((): number[] => []);
  const warmUps = 2;
  for (let round = 0; round < warmUps + 15; round++) {
    for (const [index, model] of models.entries()) {
      const time = await timed(tf, model, input, 4);
      if (round >= warmUps) times[index]!.push(time);
    }
    await yieldToMessages();
    requireNotAborted(signal, 'latency');
  }
  return times.map(median);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

async function timed(tf: TensorFlow, model: LayersModel, input: Tensor, runs: number): Promise<number> {
  const start = performance.now();
  for (let run = 0; run < runs; run++) {
    const outputs = [model.predictOnBatch(input)].flat() as Tensor[];
    await Promise.all(outputs.map((output) => output.data()));
    tf.dispose(outputs);
  }
  return (performance.now() - start) / runs;
}
