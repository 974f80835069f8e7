import { fuseEachSpan } from './fuse-each-span.js';

const percent = (share: number) => `${(100 * share).toFixed(2).padStart(6)} %`;

console.log('rocksetta-mnist-conv on MNIST: every legal span fused alone, no training');
console.log('8,000 training images to calibrate, 10,000 test images\n');
const { teacher } = await fuseEachSpan(
  'rocksetta-mnist-conv',
  { calibrationImages: 8000, testImages: 10_000, wanted: () => true },
  ({ span, affineLayers, heldOutRelativeMse, accuracy }) =>
    console.log(
      `${percent(accuracy)}  held-out relative MSE ${heldOutRelativeMse.toFixed(3)}  ${affineLayers} layers as one: ${span}`,
    ),
);
console.log(`${percent(teacher)}  teacher`);
