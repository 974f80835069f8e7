import tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { defineBenchmark } from '../command/benchmark.js';
import { countOf, readFlags } from '../command/flags.js';
import { interleave } from '../measuring/interleave.js';
import type { Measured } from '../measuring/record.js';
import { spreadOf } from '../measuring/spread.js';
import { type Contender, contenders } from './contenders.js';
import { convnets } from './convnets.js';
import { samplesPerSecond } from './samples-per-second.js';
import type { WasmTrainingRow } from './wasm-training-row.js';
import { wasmTrainingSection } from './wasm-training-section.js';

/** Training steps of small convnets, where npm packages alone are to be had. */
export const wasmTrainingBenchmark = defineBenchmark<number, WasmTrainingRow>({
  name: 'wasm-training',
  usage: `training steps of small convnets on the WASM backend with our kernels, against plain JavaScript
    --repeats N  rounds that count, after one that warms up (default 5)`,
  read: (argv) => countOf('repeats', readFlags(argv, ['repeats']).repeats, 5),
  run,
  section: wasmTrainingSection,
});

async function run(repeats: number, tell: (doing: string) => void): Promise<Measured<WasmTrainingRow>> {
  const rows: WasmTrainingRow[] = [];
  for (const { name: network, make } of convnets) {
    tell(network);
    const seen = await interleave(
      contenders.map((contender) => () => withItsKernels(contender, make)),
      { repeats, rest: 0 },
    );
    const speeds = seen.map(spreadOf);
    rows.push(
      ...contenders.map(({ name: contender }, index) => ({
        key: `${network}: ${contender}`,
        network,
        contender,
        samplesPerSecond: speeds[index]!,
        ratio: speeds[index]!.median / speeds[0]!.median,
      })),
    );
  }
  return { software: { tfjs: tf.version.tfjs }, rows };
}

/** What a contender registers is taken back after its turn. */
async function withItsKernels(contender: Contender, make: () => tf.Sequential): Promise<number> {
  const own = tf.getKernel('Conv2DBackpropInput', 'wasm');
  contender.prepare();
  try {
    return await samplesPerSecond(contender, make);
  } finally {
    tf.unregisterKernel('Conv2DBackpropInput', 'wasm');
    tf.registerKernel(own);
  }
}
