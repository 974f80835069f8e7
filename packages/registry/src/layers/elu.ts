import { mapElements } from '@fuseinit/core';
import { elementPlugin } from './element-plugin.js';

/** tfjs-layers has no other `alpha` than 1. */
export const elu = elementPlugin(['ELU'], (_layer, input) =>
  mapElements(input, (value) => (value > 0 ? value : Math.expm1(value))),
);
