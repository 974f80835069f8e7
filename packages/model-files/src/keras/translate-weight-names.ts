import type { io } from '@tensorflow/tfjs';
import { isObject, type JsonObject } from '../json-object.js';
import { serializedObject } from './serialized-object.js';
import { isModel, modelOf, writtenByTfjs } from './translate-topology.js';

/**
 * Weights under the names that tfjs-layers has for them, `layer/weight`: Keras 3 puts the models that a layer is in
 * before, and calls the kernel of a depthwise convolution a kernel.
 */
export function translateWeightNames(
  topology: JsonObject,
  specs: readonly io.WeightsManifestEntry[],
): io.WeightsManifestEntry[] {
  if (writtenByTfjs(topology)) return [...specs];
  const classes = new Map<string, string>();
  collectLayers(modelOf(topology), classes);
  return specs.map((spec) =>
    spec.group === 'optimizer' ? spec : { ...spec, name: translateName(spec.name, classes) },
  );
}

function translateName(name: string, classes: ReadonlyMap<string, string>): string {
  const parts = name.split('/');
  const first = parts.slice(0, -1).findIndex((part) => classes.has(part));
  if (first < 0) return name;
  const [layer, ...rest] = parts.slice(first);
  const depthwise = classes.get(layer!) === 'DepthwiseConv2D' && rest.at(-1) === 'kernel';
  return [layer, ...(depthwise ? [...rest.slice(0, -1), 'depthwise_kernel'] : rest)].join('/');
}

/** The class of every layer by its name, through nested models; a model isn't a layer here. */
function collectLayers({ config }: JsonObject, classes: Map<string, string>): void {
  const layers = Array.isArray(config) ? config : isObject(config) ? config.layers : undefined;
  for (const layer of Array.isArray(layers) ? layers : []) {
    const object = isObject(layer) ? serializedObject(layer) : undefined;
    if (!object) continue;
    if (isModel(object)) collectLayers(object, classes);
    else classes.set(String(object.name ?? object.config.name), object.class_name);
  }
}
