import { activate } from '@fuseinit/core';
import { elementPlugin, requireLastAxis } from './element-plugin.js';

/** Over the last axis, so that positions stay apart. */
export const softmax = elementPlugin(
  ['Softmax'],
  (_layer, input) => activate(input, 'softmax'),
  requireLastAxis,
);
