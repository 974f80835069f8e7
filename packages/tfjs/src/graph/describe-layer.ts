import type { LayerDescription } from '@fuseinit/core';
import { layerConfig } from './layer-config.js';
import { activationLayerOf } from './layer-internals.js';
import type { GraphNode } from './model-graph.js';

/**
 * A layer in core's words. An activation that is a layer of its own is taken off: it is built beside
 * ({@link activationLayerOf}).
 */
export function describeLayer(node: GraphNode): LayerDescription {
  const { layer, call } = node;
  const config = layerConfig(layer);
  return {
    name: node.id,
    className: layer.getClassName(),
    config: activationLayerOf(layer) ? { ...config, activation: 'linear' } : config,
    inputShape: (call.inputShapes[0] ?? []).slice(1),
    ...(call.outputShapes[0] && { outputShape: call.outputShapes[0].slice(1) }),
  };
}
