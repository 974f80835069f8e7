import { parseArgs } from 'node:util';
import { fashionMnistImages } from '@fuseinit/datasets';
import { modelFiles } from '@fuseinit/model-files';
import { train } from './train.js';

const usage = `Trains the main job's teacher from FashionMNIST's official files and saves it as a LayersModel.

  npm run train-teacher -- --data FOLDER --out FOLDER [--tf PACKAGE]

  --data FOLDER   the four official .gz files
  --out FOLDER    a folder: model.json and its weight file are written there
  --epochs N      default 4, as the app's teacher
  --tf PACKAGE    the TensorFlow.js to train with: @tensorflow/tfjs-node, @tensorflow/tfjs-node-gpu, or @tensorflow/tfjs
                  (default; plain JavaScript, which takes days where the native library takes minutes)`;

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    out: { type: 'string' },
    epochs: { type: 'string', default: '4' },
    tf: { type: 'string', default: '@tensorflow/tfjs' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

const epochs = Number(values.epochs);
if (values.help || !values.data || !values.out || !Number.isInteger(epochs) || epochs < 1) {
  console.log(usage);
  process.exitCode = values.help ? 0 : 2;
} else {
  const loaded = (await import(values.tf)) as { default?: unknown };
  const tf = (loaded.default ?? loaded) as Parameters<typeof train>[0];
  const data = {
    training: fashionMnistImages(values.data, 'train'),
    test: fashionMnistImages(values.data, 't10k'),
  };
  const model = await train(tf, data, epochs, ({ number, of, loss, accuracy, seconds }) => {
    console.log(
      `epoch ${number} of ${of}: loss ${loss.toFixed(4)}, test accuracy ${(100 * accuracy).toFixed(2)} %, ${seconds.toFixed(0)} s`,
    );
  });
  await model.save(modelFiles(values.out));
}
