import { mapElements } from '@fuseinit/core';
import { elementPlugin } from './element-plugin.js';

export const leakyRelu = elementPlugin(['LeakyReLU'], ({ config }, input) => {
  const alpha = Number(config.alpha ?? 0.3);
  return mapElements(input, (value) => (value > 0 ? value : alpha * value));
});
