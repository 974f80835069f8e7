import { mapElements } from '@fuseinit/core';
import { elementPlugin } from './element-plugin.js';

export const thresholdedRelu = elementPlugin(['ThresholdedReLU'], ({ config }, input) => {
  const theta = Number(config.theta ?? 1);
  return mapElements(input, (value) => (value > theta ? value : 0));
});
