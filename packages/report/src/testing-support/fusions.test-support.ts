import { mnist } from '@fuseinit/test-inputs/mnist';
import { seededData, seedWeights, tf } from '@fuseinit/test-inputs/seeded-models';
import { fuse, type LayersModel, type ShapedArray, type SpanRequest } from '@fuseinit/tfjs';
import type { CreateReportOptions } from '../create-report-options.js';

export { tf };

type Fusion = CreateReportOptions & { readonly data: ShapedArray };

/** Lets go of both networks. */
export function disposeFusion({ teacher, student }: Fusion): void {
  teacher.dispose();
  student.dispose();
}

async function fusionOf(
  teacher: LayersModel,
  spans: readonly SpanRequest[],
  calibrationData: ShapedArray,
  data: ShapedArray,
): Promise<Fusion> {
  const { student, report } = await fuse(teacher, { tf, spans, calibrationData });
  return { tf, teacher, student, fused: report, data };
}

/** A small network that has learned some digits, fused on real images and compared on others. */
export async function digitFusion(): Promise<Fusion & { readonly labels: Uint8Array }> {
  const { conv2d, dense, flatten } = tf.layers;
  const teacher = seedWeights(
    tf.sequential({
      name: 'digits',
      layers: [
        conv2d({
          name: 'conv1',
          filters: 4,
          kernelSize: 3,
          strides: 2,
          activation: 'relu',
          inputShape: [28, 28, 1],
        }),
        conv2d({ name: 'conv2', filters: 6, kernelSize: 3, strides: 2, activation: 'relu' }),
        flatten({ name: 'flatten' }),
        dense({ name: 'out', units: 10, activation: 'softmax' }),
      ],
    }),
    3,
  );
  const { images, labels } = mnist('train', 400);
  // Convolutions of drawn weights are enough to tell digits apart, and their gradients would take most of the
  // time.
  for (const layer of teacher.layers.slice(0, 2)) layer.trainable = false;
  tf.tidy(() => teacher.layers[3]!.setWeights([tf.zeros([216, 10]), tf.zeros([10])]));
  teacher.compile({ optimizer: tf.train.adam(0.01), loss: 'categoricalCrossentropy' });
  const digits = { data: images, shape: [400, 28, 28, 1] };
  const xs = tf.tensor(images, digits.shape);
  const ys = tf.tidy(() => tf.oneHot(tf.tensor1d(labels, 'int32'), 10).cast('float32'));
  await teacher.fit(xs, ys, { epochs: 6, batchSize: 40, shuffle: false, verbose: 0 });
  tf.dispose([xs, ys]);
  const test = mnist('t10k', 150);
  const testDigits = { data: test.images, shape: [150, 28, 28, 1] };
  const fusion = await fusionOf(teacher, [{ from: 'conv1', to: 'conv2' }], digits, testDigits);
  return { ...fusion, labels: test.labels };
}

/** Two branches that are added, one of which is fused. */
export async function branchFusion(): Promise<Fusion> {
  const input = tf.input({ shape: [8, 8, 3], name: 'input' });
  const conv = (name: string, filters: number) =>
    tf.layers.conv2d({ name, filters, kernelSize: 3, padding: 'same', activation: 'tanh' });
  const stem = conv('stem', 4).apply(input) as typeof input;
  const first = conv('left1', 4).apply(stem) as typeof input;
  const left = conv('left2', 4).apply(first) as typeof input;
  const sum = tf.layers.add({ name: 'sum' }).apply([left, stem]) as typeof input;
  const flat = tf.layers.flatten({ name: 'flat' }).apply(sum) as typeof input;
  const output = tf.layers.dense({ name: 'out', units: 3 }).apply(flat) as typeof input;
  const teacher = seedWeights(tf.model({ inputs: input, outputs: output, name: 'branches' }), 7);
  const spans = [{ from: 'left1', to: 'left2' }];
  return fusionOf(teacher, spans, seededData([60, 8, 8, 3], 8), seededData([30, 8, 8, 3], 9));
}

/** A convolution over time. */
export async function seriesFusion(): Promise<Fusion> {
  const conv = (name: string, more = {}) =>
    tf.layers.conv1d({ name, filters: 5, kernelSize: 3, activation: 'relu', ...more });
  const layers = [
    conv('conv1', { inputShape: [30, 2] }),
    conv('conv2'),
    tf.layers.globalAveragePooling1d({ name: 'mean' }),
    tf.layers.dense({ name: 'out', units: 1, activation: 'sigmoid' }),
  ];
  const teacher = seedWeights(tf.sequential({ layers }), 11);
  const spans = [{ from: 'conv1', to: 'conv2' }];
  return fusionOf(teacher, spans, seededData([90, 30, 2], 12), seededData([40, 30, 2], 13));
}

/** Rows of numbers, and one number that follows from them. */
export async function tableFusion(): Promise<Fusion> {
  const dense = (name: string, units: number, more = {}) => tf.layers.dense({ name, units, ...more });
  const layers = [
    dense('hidden1', 6, { activation: 'tanh', inputShape: [4] }),
    dense('hidden2', 5, { activation: 'tanh' }),
    dense('out', 1),
  ];
  const teacher = seedWeights(tf.sequential({ layers }), 21);
  const spans = [{ from: 'hidden1', to: 'hidden2' }];
  return fusionOf(teacher, spans, seededData([200, 4], 22), seededData([50, 4], 23));
}
