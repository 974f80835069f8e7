import { expect } from 'vitest';
import type { ModelFiles } from '../model-files.js';

/**
 * The source of a function that returns a model whose weights all equal `value`, which is stored beside them
 * too, so that a mixture of two such models can be detected.
 */
const source = `(value) => ({
  modelTopology: { class_name: 'Sequential', config: { name: 'constant', layers: [
    { class_name: 'Dense', config: { name: 'dense', units: 64, use_bias: false, batch_input_shape: [null, 64] } },
  ] }, keras_version: 'tfjs-layers 4.22.0' },
  format: 'layers-model', generatedBy: 'TensorFlow.js tfjs-layers v4.22.0', convertedBy: null,
  userDefinedMetadata: { value },
  weightSpecs: [{ name: 'dense/kernel', shape: [64, 64], dtype: 'float32' }],
  weightData: new Float32Array(64 * 64).fill(value).buffer,
})`;

export const constantModel = new Function(`return ${source}`)() as (
  value: number,
) => Parameters<ModelFiles['save']>[0];

/** A program that saves models of 1, 2, 3, ... in 32 files each, and reports each on stdout. */
export function savingProgram(folder: string): string {
  const index = new URL('../../dist/index.js', import.meta.url);
  return `
    import { modelFiles } from ${JSON.stringify(index)};
    const model = ${source};
    for (let value = 1; ; value++) {
      await modelFiles(${JSON.stringify(folder)}, { shardBytes: 512 }).save(model(value));
      console.log(value);
    }`;
}

/** Loads a model, requires that it is one complete version, and returns its value. */
export async function wholeVersion(files: ModelFiles): Promise<number> {
  const { userDefinedMetadata, weightData } = await files.load();
  const values = new Set(new Float32Array(weightData as ArrayBuffer));
  expect([...values]).toEqual([userDefinedMetadata?.value]);
  return [...values][0]!;
}
