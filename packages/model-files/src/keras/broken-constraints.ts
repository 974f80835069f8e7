import type { io } from '@tensorflow/tfjs';
import { numbersOf } from '../files/quantize-weights.js';
import { weightBytes } from '../files/weight-bytes.js';
import { isObject, type JsonObject } from '../json-object.js';
import { unsupportedLayer } from './computed-otherwise.js';
import { layersOf } from './name-weights.js';
import { nameOf, type SerializedObject } from './serialized-object.js';
import { modelOf } from './translate-topology.js';

/**
 * The largest change of a weight by its constraint, relative to its largest number, that may be due to
 * rounding.
 */
const mostChange = { float32: 1e-4, quantized: 1e-2 };

/** Weights whose constraint isn't named as `<weight>_constraint`. */
const constraintNames: Readonly<Record<string, string>> = {
  recurrent_kernel: 'recurrent_constraint',
  depthwise_kernel: 'depthwise_constraint',
  pointwise_kernel: 'pointwise_constraint',
};

/**
 * Refuses a model with weights that break their constraints. Keras applies a constraint after each step of
 * training, and so never to frozen weights; tfjs-layers applies it whenever a weight is set, also when a
 * model is loaded, and would compute with weights that differ from the saved ones.
 *
 * @param topology The topology, translated for tfjs-layers.
 * @param specs The weight specs, under the names by which tfjs-layers finds them.
 * @throws MODEL_UNSUPPORTED with the layer and its constraint.
 */
export function refuseBrokenConstraints(
  topology: JsonObject,
  specs: readonly io.WeightsManifestEntry[],
  weightData: ArrayBuffer,
): void {
  const layers = layersOf(modelOf(topology), []).map(({ object }) => object);
  let start = 0;
  for (const spec of specs) {
    const bytes = new Uint8Array(weightData, start, weightBytes([spec]));
    start += bytes.length;
    const layer = ownerOf(spec, layers);
    const constraint = layer && constraintOf(layer, spec.name.slice(spec.name.lastIndexOf('/') + 1));
    if (!constraint || spec.dtype !== 'float32') continue;
    const numbers = numbersOf(bytes, spec.quantization);
    const projected = project(constraint, numbers, spec.shape);
    if (!projected) continue;
    let largest = 0;
    let change = 0;
    for (const [index, value] of numbers.entries()) {
      largest = Math.max(largest, Math.abs(value));
      change = Math.max(change, Math.abs(projected[index]! - value));
    }
    if (change <= mostChange[spec.quantization ? 'quantized' : 'float32'] * largest) continue;
    throw unsupportedLayer(
      nameOf(layer),
      `Layer ${nameOf(layer)} (${layer.class_name}) has weights ${spec.name} that break their constraint ${constraint.className}. TensorFlow.js applies it when it loads a model, and would change them by up to ${change.toPrecision(2)}. Set the constraint to None, or the weights to what it makes of them, and save the model again.`,
    );
  }
}

/** The layer whose name is a prefix of a weight's name; the longest such name if there are several. */
function ownerOf(
  { name, group }: io.WeightsManifestEntry,
  layers: readonly SerializedObject[],
): SerializedObject | undefined {
  if (group === 'optimizer') return undefined;
  return layers
    .filter((layer) => name.startsWith(`${nameOf(layer)}/`))
    .reduce<SerializedObject | undefined>(
      (longest, layer) => (longest && nameOf(longest).length >= nameOf(layer).length ? longest : layer),
      undefined,
    );
}

interface Constraint {
  readonly className: string;
  readonly config: JsonObject;
}

/** The constraint of a weight in the config of its layer, or of the layer that it wraps. */
function constraintOf({ config }: SerializedObject, weight: string): Constraint | undefined {
  const key = constraintNames[weight] ?? `${weight}_constraint`;
  const inner = isObject(config.layer) && isObject(config.layer.config) ? config.layer.config : {};
  const given = config[key] ?? inner[key];
  if (typeof given === 'string') return { className: given[0]!.toUpperCase() + given.slice(1), config: {} };
  if (!isObject(given) || typeof given.class_name !== 'string') return undefined;
  return { className: given.class_name, config: isObject(given.config) ? given.config : {} };
}

/** Applies a constraint of tfjs-layers to a weight; undefined for a custom constraint. */
function project(
  { className, config }: Constraint,
  numbers: Float32Array,
  shape: readonly number[],
): Float64Array | undefined {
  if (className === 'NonNeg') return Float64Array.from(numbers, (value) => Math.max(0, value));
  const { axis = 0, rate = 1, min_value = 0, max_value = className === 'MaxNorm' ? 2 : 1 } = config;
  const [least, most, share] = [min_value, max_value, rate].map(Number) as [number, number, number];
  const clipped = (norm: number) => Math.min(most, Math.max(least, norm));
  const wanted = {
    UnitNorm: () => 1,
    MaxNorm: (norm: number) => Math.min(norm, most),
    MinMaxNorm: (norm: number) => share * clipped(norm) + (1 - share) * norm,
  }[className];
  if (!wanted) return undefined;
  const groups = groupsOf(shape, [axis].flat().map(Number));
  const squares = new Float64Array(numbers.length);
  for (const [index, value] of numbers.entries()) squares[groups[index]!]! += value ** 2;
  return Float64Array.from(numbers, (value, index) => {
    const norm = Math.sqrt(squares[groups[index]!]!);
    return norm === 0 ? value : (value * wanted(norm)) / norm;
  });
}

/**
 * The index of the norm that each number of an array belongs to. Numbers that differ in the position on an
 * axis that isn't summed belong to different norms.
 */
function groupsOf(shape: readonly number[], summed: readonly number[]): Uint32Array {
  const size = shape.reduce((product, length) => product * length, 1);
  const isSummed = (axis: number) => summed.includes(axis) || summed.includes(axis - shape.length);
  return Uint32Array.from({ length: size }, (_, index) => {
    let [rest, group, stride] = [index, 0, 1];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const at = rest % shape[axis]!;
      rest = Math.floor(rest / shape[axis]!);
      if (isSummed(axis)) continue;
      group += at * stride;
      stride *= shape[axis]!;
    }
    return group;
  });
}
