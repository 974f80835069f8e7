import { wasmTraining } from './wasm-training.js';

const benchmarks: { readonly [name: string]: () => Promise<void> } = { 'wasm-training': wasmTraining };

const [name = ''] = process.argv.slice(2);
const run = benchmarks[name];
if (run) {
  await run();
} else {
  console.error(`No benchmark "${name}". npm run bench -- ${Object.keys(benchmarks).join(' | ')}`);
  process.exitCode = 2;
}
