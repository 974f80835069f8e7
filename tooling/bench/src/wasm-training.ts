import { registerTrainingKernels } from '@fuseinit/backend-wasm';
import { fashionMnist, firstImages } from '@fuseinit/node-fuse/fashion-mnist';
import tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { convnets } from './convnets.js';

const rounds = 5;

interface Contender {
  readonly name: string;
  readonly backend: 'cpu' | 'wasm';
  readonly steps: number;
  /** Smaller where a sample takes as long in a small batch as in a large one, and long. */
  readonly batchSize: number;
  readonly prepare: () => void;
}

const contenders: readonly Contender[] = [
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

/** Training steps of small convnets, each contender in turn, round after round. */
export async function wasmTraining(): Promise<void> {
  const own = tf.getKernel('Conv2DBackpropInput', 'wasm');
  console.log(`Training, samples per second: median of ${rounds} rounds, FashionMNIST\n`);
  for (const { name, make } of convnets) {
    const seen = contenders.map((): number[] => []);
    for (let round = 0; round < rounds; round++) {
      for (const [index, contender] of contenders.entries()) {
        contender.prepare();
        seen[index]!.push(await samplesPerSecond(contender, make));
        tf.unregisterKernel('Conv2DBackpropInput', 'wasm');
        tf.registerKernel(own);
      }
    }
    const medians = seen.map((values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!);
    console.log(name);
    for (const [index, contender] of contenders.entries()) {
      const speed = medians[index]!;
      console.log(
        `  ${contender.name.padEnd(30)} ${speed.toFixed(speed < 100 ? 1 : 0).padStart(8)}  ${(speed / medians[0]!).toFixed(1).padStart(6)} x cpu`,
      );
    }
  }
}

async function samplesPerSecond(
  { backend, steps, batchSize }: Contender,
  make: () => tf.Sequential,
): Promise<number> {
  await tf.setBackend(backend);
  const { images, labels } = firstImages(fashionMnist('calibration'), batchSize);
  const model = make();
  model.compile({ optimizer: tf.train.sgd(0.01), loss: 'categoricalCrossentropy' });
  const x = tf.tensor4d(images, [batchSize, 28, 28, 1]);
  const y = tf.tidy(() => tf.oneHot(tf.tensor1d(labels, 'int32'), 10).toFloat());
  await model.trainOnBatch(x, y);
  const start = performance.now();
  for (let step = 0; step < steps; step++) await model.trainOnBatch(x, y);
  const seconds = (performance.now() - start) / 1000;
  tf.dispose([x, y]);
  model.dispose();
  model.optimizer.dispose();
  return (steps * batchSize) / seconds;
}
