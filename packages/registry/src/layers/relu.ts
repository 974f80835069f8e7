import { mapElements } from '@fuseinit/core';
import { elementPlugin } from './element-plugin.js';

/** `min(max(x, 0), maxValue)`; no `maxValue` is no limit. */
export const relu = elementPlugin(['ReLU'], ({ config }, input) => {
  const limit = (config.maxValue as number | null | undefined) ?? Number.POSITIVE_INFINITY;
  return mapElements(input, (value) => Math.min(Math.max(value, 0), limit));
});
