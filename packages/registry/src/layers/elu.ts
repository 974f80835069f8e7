import { mapElements } from '@fuseinit/core';
import { elementPlugin } from './element-plugin.js';

export const elu = elementPlugin(['ELU'], ({ config }, input) => {
  const alpha = Number(config.alpha ?? 1);
  return mapElements(input, (value) => (value > 0 ? value : alpha * Math.expm1(value)));
});
