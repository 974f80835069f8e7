import { markdownTable } from '@fuseinit/markdown';
import { fashionImages, firstImages } from '@fuseinit/teacher';
import { registerTrainingKernels } from '@fuseinit/wasm-gradients';
import tf from '@tensorflow/tfjs';
import { interleave, type Spread, spreadOf } from '../measuring/measurements.js';
import type { Measured, Recorded, Row } from '../measuring/record.js';
import { digits, times, whereSlower } from '../report/format.js';
import '@tensorflow/tfjs-backend-wasm';
import { defineBenchmark } from '../command/benchmark.js';
import { countOf, readFlags } from '../command/flags.js';

/** A way to train with npm packages alone. */
interface Contender {
  readonly name: string;
  readonly backend: 'cpu' | 'wasm';
  readonly steps: number;
  /** The batch size is smaller where samples take long and a large batch is no faster. */
  readonly batchSize: number;
  readonly prepare: () => void;
}

/** The ways to train; the first one is the baseline. */
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

interface Convnet {
  readonly name: string;
  readonly make: () => tf.Sequential;
}

const head = () => [tf.layers.flatten(), tf.layers.dense({ units: 10, activation: 'softmax' })];

const convnets: readonly Convnet[] = [
  {
    name: 'conv 16, conv 16, pool, conv 32, conv 32, pool, dense: the demo’s teacher without its dropout',
    make: () =>
      tf.sequential({
        layers: [16, 16, 32, 32]
          .flatMap((filters, index): tf.layers.Layer[] => [
            tf.layers.conv2d({
              filters,
              kernelSize: 3,
              padding: 'same',
              ...(index === 0 ? { inputShape: [28, 28, 1] } : {}),
            }),
            tf.layers.batchNormalization(),
            tf.layers.reLU(),
            ...(index % 2 === 1 ? [tf.layers.maxPooling2d({ poolSize: 2 })] : []),
          ])
          .concat(head()),
      }),
  },
  {
    name: 'conv 16 stride 2, separable 32, pool, separable 64, dense',
    make: () =>
      tf.sequential({
        layers: [
          tf.layers.conv2d({
            filters: 16,
            kernelSize: 3,
            strides: 2,
            activation: 'relu',
            inputShape: [28, 28, 1],
          }),
          tf.layers.separableConv2d({ filters: 32, kernelSize: 3, padding: 'same', activation: 'relu' }),
          tf.layers.maxPooling2d({ poolSize: 2 }),
          tf.layers.separableConv2d({ filters: 64, kernelSize: 3, padding: 'same', activation: 'relu' }),
          ...head(),
        ],
      }),
  },
];

/** Returns how many samples a second a contender trains a new network on, after one warm-up step. */
async function samplesPerSecond(
  { backend, steps, batchSize }: Contender,
  make: () => tf.Sequential,
): Promise<number> {
  await tf.setBackend(backend);
  const { images, labels } = firstImages(fashionImages('calibration'), batchSize);
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

/** The speed of one way to train one network. */
export interface WasmTrainingRow extends Row {
  readonly network: string;
  readonly contender: string;
  readonly samplesPerSecond: Spread;
  /** The ratio of its median to that of the cpu backend. */
  readonly ratio: number;
}

/** Writes the table of training without the native library. */
function wasmTrainingSection({ rows }: Recorded<WasmTrainingRow>): string {
  const table = markdownTable(
    ['network', 'trained on', 'samples / s', 'lowest to highest', 'over cpu'],
    rows.map(({ network, contender, samplesPerSecond: { median, lowest, highest }, ratio }) => [
      network,
      contender,
      digits(median),
      `${digits(lowest)} to ${digits(highest)}`,
      times(ratio),
    ]),
    2,
  );
  return [
    'Training steps of SGD on FashionMNIST in npm packages alone: TensorFlow.js’s WASM backend with the gradients of ' +
      '@fuseinit/wasm-gradients against its backend in plain JavaScript, which is all there is without them. They take ' +
      'turns; medians.',
    table,
    whereSlower(
      'plain JavaScript',
      rows.map(({ key: name, ratio }) => ({ name, ratio })),
    ),
  ].join('\n\n');
}

/** Measures training steps of small convnets with npm packages alone. */
export const wasmTrainingBenchmark = defineBenchmark<number, WasmTrainingRow>({
  name: 'wasm-training',
  usage: `training steps of small convnets on the WASM backend with our kernels, against plain JavaScript
    --repeats N  rounds that count, after one that warms up (default 5)`,
  read: (argv) => countOf('repeats', readFlags(argv, ['repeats']).repeats, 5),
  run,
  section: wasmTrainingSection,
});

async function run(
  repeats: number,
  onProgress: (activity: string) => void,
): Promise<Measured<WasmTrainingRow>> {
  const rows: WasmTrainingRow[] = [];
  for (const { name: network, make } of convnets) {
    onProgress(network);
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

/** Kernels that a contender registers are removed after its turn. */
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
