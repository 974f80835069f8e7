import { defineLayer, type LayerDescription } from '@fuseinit/core';
import { unsupported } from './config-values.js';

const refuse = (layer: LayerDescription): never => {
  throw unsupported(
    layer,
    'it is recurrent: each step depends on those before it, which no affine layer can give',
  );
};

/** Known in order to be refused in words. */
export const recurrent = defineLayer({
  specVersion: 1,
  classNames: ['SimpleRNN', 'GRU', 'LSTM', 'RNN', 'Bidirectional', 'ConvLSTM2D'],
  roles: { begins: false, inside: false, ends: false },
  lower: refuse,
  outputShape: refuse,
  apply: refuse,
});
