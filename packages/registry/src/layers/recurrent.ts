import { defineLayer, type LayerDescription, type LayerPlugin } from '@fuseinit/core';
import { unsupported } from './config-values.js';

const refuse = (layer: LayerDescription): never => {
  throw unsupported(
    layer,
    'it is recurrent: each step depends on those before it, which no affine layer can give',
  );
};

/** Layers that go through the steps of a sequence. They can't be fused, and are known in order to say why. */
export const recurrentLayers: readonly LayerPlugin[] = [
  defineLayer({
    specVersion: 1,
    classNames: ['SimpleRNN', 'GRU', 'LSTM', 'RNN', 'Bidirectional', 'ConvLSTM2D'],
    roles: { begins: false, inside: false, ends: false },
    lower: refuse,
    outputShape: refuse,
  }),
];
