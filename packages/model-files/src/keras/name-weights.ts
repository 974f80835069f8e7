import type { io } from '@tensorflow/tfjs';
import { isObject, type JsonObject } from '../json-object.js';
import { withRenamedReferences } from './inbound-nodes.js';
import { isModel, nameOf, type SerializedObject, serializedObject } from './serialized-object.js';
import { modelOf, writtenByTfjs } from './translate-topology.js';

export interface NamedWeights {
  readonly topology: JsonObject;
  readonly weightSpecs: io.WeightsManifestEntry[];
}

/**
 * Renames the layers of a topology and its weights such that tfjs-layers finds the weights, by names
 * `layer/weight`.
 *
 * Keras prefixes names with those of the enclosing models, and names the kernel of a depthwise convolution
 * `kernel`. Where two nested models have layers of the same name, tfjs-layers confuses their weights, so all
 * but the first of these layers get a number appended to their name.
 *
 * @param topology The topology, translated for tfjs-layers.
 * @param source The original topology, which records which program wrote it.
 */
export function nameWeights(
  topology: JsonObject,
  source: JsonObject,
  specs: readonly io.WeightsManifestEntry[],
): NamedWeights {
  const model = modelOf(topology);
  const found = layersOf(model, [nameOf(model as SerializedObject)]);
  const owners = ownersOf(specs, found);
  const names = uniqueNames([...new Set(owners.flatMap((owner) => owner?.layer ?? []))], found);
  if (names.size === 0 && writtenByTfjs(source)) return { topology, weightSpecs: [...specs] };
  const weightSpecs = specs.map((spec, index) => {
    const owner = owners[index];
    if (!owner) return spec;
    const name = names.get(owner.layer) ?? nameOf(owner.layer.object);
    return { ...spec, name: `${name}/${weightName(owner.layer.object, owner.rest)}` };
  });
  if (names.size === 0) return { topology, weightSpecs };
  const newNames = new Map([...names].map(([{ object }, name]) => [object, name]));
  const renamed = withNames(model, newNames);
  return {
    topology: topology === model ? renamed : { ...topology, model_config: renamed },
    weightSpecs,
  };
}

/** A layer that isn't a model. */
interface FoundLayer {
  readonly object: SerializedObject;
  /** The names of the enclosing models, outermost first. */
  readonly models: readonly string[];
}

/** All layers that aren't models, including those of nested and of wrapped models. */
export function layersOf({ config }: JsonObject, models: readonly string[]): FoundLayer[] {
  return listedLayers(config).flatMap((object) => {
    // A wrapper of a model has that model's weights.
    const inside = isObject(object.config.layer) ? serializedObject(object.config.layer) : undefined;
    const inner = [object, inside].find((each) => each && isModel(each));
    if (inner) return layersOf(inner, [...models, nameOf(inner)]);
    return [{ object, models }];
  });
}

function listedLayers(config: unknown): SerializedObject[] {
  const layers = Array.isArray(config) ? config : isObject(config) ? config.layers : undefined;
  return (Array.isArray(layers) ? layers : []).flatMap((layer) =>
    isObject(layer) ? (serializedObject(layer) ?? []) : [],
  );
}

interface Owner {
  readonly layer: FoundLayer;
  /** The weight's name without the layer's name. */
  readonly rest: string;
}

/**
 * The layer of each weight: the one with the longest part of its path in the weight's name. Among several
 * such layers it is the outermost one if the weight's name is unique; weights of the same name belong to
 * these layers in order, as Keras 2 and TensorFlow.js save them.
 */
function ownersOf(
  specs: readonly io.WeightsManifestEntry[],
  layers: readonly FoundLayer[],
): (Owner | undefined)[] {
  const byPath = new Map<string, FoundLayer[]>();
  for (const layer of layers) {
    const path = [...layer.models, nameOf(layer.object)];
    path.forEach((_, from) => {
      const key = path.slice(from).join('/');
      byPath.set(key, [...(byPath.get(key) ?? []), layer]);
    });
  }
  const times = new Map<string, number>();
  for (const { name } of specs) times.set(name, (times.get(name) ?? 0) + 1);
  const seen = new Map<string, number>();
  return specs.map(({ name, group }) => {
    if (group === 'optimizer') return undefined;
    const parts = name.split('/');
    for (let from = 0; from < parts.length - 1; from++) {
      for (let to = parts.length - 1; to > from; to--) {
        const layersThere = byPath.get(parts.slice(from, to).join('/'));
        if (!layersThere) continue;
        const before = seen.get(name) ?? 0;
        seen.set(name, before + 1);
        const layer =
          times.get(name) === 1
            ? layersThere.reduce((outer, each) => (each.models.length < outer.models.length ? each : outer))
            : layersThere[Math.min(before, layersThere.length - 1)]!;
        return { layer, rest: parts.slice(to).join('/') };
      }
    }
    return undefined;
  });
}

/** New names for layers with weights that have the same name as an earlier layer. */
function uniqueNames(
  withWeights: readonly FoundLayer[],
  all: readonly FoundLayer[],
): ReadonlyMap<FoundLayer, string> {
  const taken = new Set(all.map(({ object }) => nameOf(object)));
  const seen = new Set<string>();
  const names = new Map<FoundLayer, string>();
  for (const layer of withWeights) {
    const name = nameOf(layer.object);
    if (!seen.has(name)) {
      seen.add(name);
      continue;
    }
    let number = 1;
    while (taken.has(`${name}_${number}`)) number++;
    taken.add(`${name}_${number}`);
    names.set(layer, `${name}_${number}`);
  }
  return names;
}

function weightName({ class_name, config }: SerializedObject, rest: string): string {
  if (class_name === 'TimeDistributed') {
    const inner = isObject(config.layer) ? serializedObject(config.layer) : undefined;
    // tfjs-layers builds the inner layer under the wrapper's name.
    return inner && inner.class_name !== 'Bidirectional' ? weightName(inner, rest.split('/').at(-1)!) : rest;
  }
  const parts = rest.split('/');
  const isDepthwise = class_name === 'DepthwiseConv2D' && parts.at(-1) === 'kernel';
  return isDepthwise ? [...parts.slice(0, -1), 'depthwise_kernel'].join('/') : rest;
}

/** Renames layers in a model and all references to them. */
function withNames<T extends JsonObject>(model: T, names: ReadonlyMap<SerializedObject, string>): T {
  const { config } = model;
  const here = new Map(
    listedLayers(config).flatMap((object) => {
      const name = names.get(object);
      return name === undefined ? [] : [[nameOf(object), name] as const];
    }),
  );
  const renamed = (layer: unknown): unknown => {
    const object = isObject(layer) ? serializedObject(layer) : undefined;
    if (!object) return layer;
    const name = names.get(object);
    const inside = isModel(object) ? withNames(object, names) : object;
    const wrapped = isObject(object.config.layer) ? serializedObject(object.config.layer) : undefined;
    return {
      ...inside,
      ...(object.name === undefined || name === undefined ? {} : { name }),
      config: {
        ...inside.config,
        ...(name === undefined ? {} : { name }),
        ...(wrapped && isModel(wrapped) ? { layer: withNames(wrapped, names) } : {}),
      },
      ...(object.inbound_nodes === undefined
        ? {}
        : { inbound_nodes: withRenamedReferences(object.inbound_nodes, here) }),
    };
  };
  if (Array.isArray(config)) return { ...model, config: config.map(renamed) };
  if (!isObject(config)) return model;
  const ends = ['input_layers', 'output_layers'].filter((key) => Array.isArray(config[key]));
  return {
    ...model,
    config: {
      ...config,
      layers: Array.isArray(config.layers) ? config.layers.map(renamed) : config.layers,
      ...Object.fromEntries(ends.map((key) => [key, withRenamedReferences(config[key], here)])),
    },
  };
}
