// The program that prove.ts runs: its last line is a Proof.
import { createRequire } from 'node:module';
import { loadNodeGpu, nodeGpuDevice, nodeGpuStatus } from '@fuseinit/backend-node-gpu';
import type { Proof } from './prove.js';

const size = 256;
const tf = await loadNodeGpu();
const status = nodeGpuStatus();
if (status.state !== 'built') throw new Error('The backend has loaded, and is not there.');
const { TF_Version } = createRequire(import.meta.url)(status.binding) as { TF_Version: string };

const values = (seed: number) =>
  Float32Array.from({ length: size * size }, (_, index) => Math.sin(seed * index));
const [a, b] = [values(1.7), values(2.3)];
const tensors = [a, b].map((data) => tf.tensor2d(data, [size, size])) as [
  ReturnType<typeof tf.tensor2d>,
  ReturnType<typeof tf.tensor2d>,
];
const start = performance.now();
const product = await tf.matMul(...tensors).data();
const milliseconds = performance.now() - start;

let error = 0;
let largest = 0;
for (let row = 0; row < size; row++) {
  for (let column = 0; column < size; column++) {
    let sum = 0;
    for (let inner = 0; inner < size; inner++) sum += a[row * size + inner]! * b[inner * size + column]!;
    error = Math.max(error, Math.abs(product[row * size + column]! - sum));
    largest = Math.max(largest, Math.abs(sum));
  }
}
const proof: Proof = {
  tensorflow: TF_Version,
  device: nodeGpuDevice(tf),
  relativeError: error / largest,
  milliseconds,
};
console.log(JSON.stringify(proof));
