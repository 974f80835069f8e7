import type { Layer, LayersModel } from '../tensorflow.js';
import type { TensorRef } from './graph-node.js';
import { isNestedModel, type LayerCall } from './layer-internals.js';

type Shape = (number | null)[];

/** Classes of tfjs-layers that write the shape they give over the one they read, which the layer before them keeps. */
const overwritingClasses = new Set(['CenterCrop', 'CategoryEncoding']);

/** Whether a model has a layer that spoils the shapes which tfjs-layers keeps of the calls before it. */
export function spoilsShapes({ layers }: LayersModel): boolean {
  return layers.some((layer) =>
    isNestedModel(layer) ? spoilsShapes(layer) : overwritingClasses.has(layer.getClassName()),
  );
}

/** A call with its shapes computed anew from those of its inputs. */
export function withOwnShapes(call: LayerCall, layer: Layer, inputs: readonly TensorRef[]): LayerCall {
  if (inputs.length === 0) return call;
  const inputShapes = inputs.map(({ node, index }) => [...node.call.outputShapes[index]!]);
  const read: Shape[] = inputShapes.map((shape) => [...shape]);
  const given = layer.computeOutputShape(read.length === 1 ? read[0]! : read) as Shape | Shape[];
  const outputShapes = (Array.isArray(given[0]) ? given : [given]) as Shape[];
  return { ...call, inputShapes, outputShapes };
}
