import { fuseBenchmark } from '../fuse/fuse-benchmark.js';
import { inferenceBenchmark } from '../inference/inference-benchmark.js';
import { numpyBenchmark } from '../numpy/numpy-benchmark.js';
import { patchesBenchmark } from '../patches/patches-benchmark.js';
import { productsBenchmark } from '../products/products-benchmark.js';
import { simplifyBenchmark } from '../simplify/simplify-benchmark.js';
import { wasmTrainingBenchmark } from '../wasm-training/wasm-training-benchmark.js';
import type { Benchmark } from './benchmark.js';

/** The benchmarks, in the order of the page. */
export const allBenchmarks: readonly Benchmark[] = [
  numpyBenchmark,
  patchesBenchmark,
  fuseBenchmark,
  productsBenchmark,
  simplifyBenchmark,
  inferenceBenchmark,
  wasmTrainingBenchmark,
];
