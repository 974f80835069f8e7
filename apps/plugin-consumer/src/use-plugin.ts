import assert from 'node:assert/strict';
import { fuse } from '@fuseinit/tfjs';
import tf from '@tensorflow/tfjs';
import { depthwisePointwise } from './depthwise-pointwise.js';
import { digits } from './digits.js';

const { glorotUniform } = tf.initializers;
const teacher = tf.sequential({
  layers: [
    tf.layers.depthwiseConv2d({
      name: 'depthwise',
      inputShape: [28, 28, 1],
      kernelSize: 5,
      depthMultiplier: 4,
      strides: 2,
      padding: 'same',
      depthwiseInitializer: glorotUniform({ seed: 1 }),
    }),
    tf.layers.conv2d({
      name: 'pointwise',
      filters: 8,
      kernelSize: 1,
      activation: 'relu',
      kernelInitializer: glorotUniform({ seed: 2 }),
    }),
    tf.layers.flatten(),
    tf.layers.dense({
      name: 'digit',
      units: 10,
      activation: 'softmax',
      kernelInitializer: glorotUniform({ seed: 3 }),
    }),
  ],
});
teacher.compile({ optimizer: tf.train.adam(0.01), loss: 'sparseCategoricalCrossentropy' });

const training = digits('train', 1000);
const images = tf.tensor4d(training.pixels, [1000, 28, 28, 1]);
await teacher.fit(images, tf.tensor1d(training.labels, 'float32'), {
  epochs: 4,
  batchSize: 50,
  shuffle: false,
  verbose: 0,
});

const { student, report } = await fuse(teacher, {
  tf,
  spans: [{ from: 'depthwise', to: 'pointwise' }],
  calibrationData: images,
  plugins: [depthwisePointwise],
});
assert.equal(report.spans[0]?.plugin, depthwisePointwise.name);

const saved: tf.io.ModelArtifacts[] = [];
await student.save(
  tf.io.withSaveHandler(async (artifacts) => {
    saved.push(artifacts);
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
  }),
);
const loaded = await tf.loadLayersModel(tf.io.fromMemory(saved[0]!));

const test = digits('t10k', 1000);
const testImages = tf.tensor4d(test.pixels, [1000, 28, 28, 1]);
const [ofTeacher, ofStudent, ofLoaded] = [teacher, student, loaded].map(
  (model) => model.predict(testImages) as tf.Tensor2D,
);
const accuracy = (predictions: tf.Tensor2D) =>
  predictions.argMax(1).equal(tf.tensor1d(test.labels, 'int32')).mean().dataSync()[0]!;
const distance = (a: tf.Tensor2D, b: tf.Tensor2D) => a.sub(b).abs().max().dataSync()[0]!;

console.log(
  `fuse with ${depthwisePointwise.name}: depth ${report.teacher.depth} became ${report.student.depth}, ` +
    `accuracy ${(100 * accuracy(ofTeacher!)).toFixed(1)} % and ${(100 * accuracy(ofStudent!)).toFixed(1)} %`,
);
// Nothing nonlinear stands between the two, so that only the rounding of float32 is left.
assert.ok(distance(ofTeacher!, ofStudent!) < 1e-4, 'The student answers otherwise than its teacher.');
assert.equal(distance(ofStudent!, ofLoaded!), 0, 'The student loaded from its files answers otherwise.');
