import {
  type LayerPlugin,
  mapElements,
  type NdArray,
  reshape,
  sizeOf,
  type WeightedLayer,
} from '@fuseinit/core';
import { at, build } from './arrays.js';
import { unfusiblePlugin } from './plugin-makers.js';

const reason = 'its input stands for categories, which no affine layer reads';

/** The weight of an Embedding is its table [inputDim, outputDim], whose rows the input chooses. */
const embedding = unfusiblePlugin(['Embedding'], reason, {
  apply: ({ weights: [table] }, input) =>
    build([...input.shape, table!.shape[1]!], (index) =>
      at(table!, [at(input, index.slice(0, -1)), index.at(-1)!]),
    ),
  makeMask: ({ config }, [input]) =>
    config.maskZero === true ? mapElements(input!, (value) => (value === 0 ? 0 : 1)) : undefined,
});

/**
 * Counts the categories in each sample if `outputMode` is 'count'; otherwise marks each category with 0 or 1.
 */
function encodeCategories({ config }: WeightedLayer, input: NdArray): NdArray {
  const { numTokens, outputMode = 'multiHot' } = config;
  const each = outputMode === 'oneHot' && input.shape.at(-1) !== 1 ? [...input.shape, 1] : [...input.shape];
  const rows = reshape(input, [sizeOf(each.slice(0, -1)), each.at(-1)!]);
  const encoded = build([rows.shape[0]!, Number(numTokens)], ([row, token]) => {
    const found = Array.from({ length: rows.shape[1]! }, (_, index) => at(rows, [row!, index]));
    const count = found.filter((category) => category === token).length;
    return outputMode === 'count' ? count : Math.min(count, 1);
  });
  return reshape(encoded, [...each.slice(0, -1), Number(numTokens)]);
}

/** Layers that read whole numbers, each of which represents a category. */
export const categoryLayers: readonly LayerPlugin[] = [
  embedding,
  unfusiblePlugin(['CategoryEncoding'], reason, { apply: encodeCategories }),
];
