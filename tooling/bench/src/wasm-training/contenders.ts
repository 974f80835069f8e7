import { registerTrainingKernels } from '@fuseinit/wasm-gradients';
import tf from '@tensorflow/tfjs';

/** A way to train in npm packages alone. */
export interface Contender {
  readonly name: string;
  readonly backend: 'cpu' | 'wasm';
  readonly steps: number;
  /** Smaller where a sample takes as long in a small batch as in a large one, and long. */
  readonly batchSize: number;
  readonly prepare: () => void;
}

/** The first is what the others are compared with. */
export const contenders: readonly Contender[] = [
  { name: 'cpu', backend: 'cpu', steps: 1, batchSize: 4, prepare: () => {} },
  { name: 'wasm', backend: 'wasm', steps: 10, batchSize: 32, prepare: () => registerTrainingKernels(tf) },
  {
    name: 'wasm, input gradient replaced',
    backend: 'wasm',
    steps: 10,
    batchSize: 32,
    prepare: () => registerTrainingKernels(tf, { replaceInputGradient: true }),
  },
];
