import { isObject, type JsonObject } from '../json-object.js';
import { shapesIn } from './masks-as-operations.js';
import { isModel, nameOf, type SerializedObject, serializedObject } from './serialized-object.js';
import { type Shape, withoutSteps } from './shape.js';

const elementwise = [
  'Activation',
  'Identity',
  'ReLU',
  'LeakyReLU',
  'PReLU',
  'ELU',
  'ThresholdedReLU',
  'Softmax',
  'BatchNormalization',
  'LayerNormalization',
  'Dropout',
  'AlphaDropout',
  'GaussianDropout',
  'GaussianNoise',
  'SpatialDropout1D',
  'ActivityRegularization',
  'Masking',
  'Rescaling',
];
/** Classes whose output has the rank of their input, or the highest rank if they read several tensors. */
const keepingRank = [
  'Dense',
  'Add',
  'Subtract',
  'Multiply',
  'Average',
  'Maximum',
  'Minimum',
  'Concatenate',
  'CenterCrop',
];

/**
 * The input shape of each layer of a model in its first call, as far as it can be inferred from the file or
 * from the classes of the layers before it. Often the rank is known although the sizes aren't.
 *
 * @param model The model as Keras wrote it.
 * @param layers The layers of the model for which shapes are returned.
 * @param given The input shape of a nested Sequential model, which may not contain it itself.
 */
export function inputShapesOf(
  model: SerializedObject,
  layers: readonly JsonObject[],
  given: Shape | undefined,
): (Shape | undefined)[] {
  const { read } = shapesWithin(model, layers, given);
  return layers.map((layer) => read(layer)[0]);
}

interface ShapesWithin {
  read(layer: JsonObject): (Shape | undefined)[];
  readonly outputs: () => (Shape | undefined)[];
}

function shapesWithin(
  { class_name, config }: SerializedObject,
  layers: readonly JsonObject[],
  given: Shape | undefined,
): ShapesWithin {
  const isSequential = class_name === 'Sequential';
  const byName = new Map(layers.map((layer) => [nameOf(layer as SerializedObject), layer]));
  const known = new Map<JsonObject, (Shape | undefined)[]>();
  const written = (layer: JsonObject | undefined): (Shape | undefined)[] => {
    if (!layer) return [];
    let shapes = known.get(layer);
    if (!shapes) {
      // This ends the search in a file whose layers form a cycle.
      known.set(layer, []);
      shapes = outputShapesOf(layer, read(layer));
      known.set(layer, shapes);
    }
    return shapes;
  };
  const referenced = (reference: unknown): Shape | undefined =>
    Array.isArray(reference) ? written(byName.get(String(reference[0])))[Number(reference[2])] : undefined;
  const read = (layer: JsonObject): (Shape | undefined)[] => {
    const [call] = Array.isArray(layer.inbound_nodes) ? layer.inbound_nodes : [];
    const told = toldShape(layer, call);
    if (Array.isArray(call)) return told ? [told] : call.map(referenced);
    if (told || !isSequential) return [told];
    const index = layers.indexOf(layer);
    return index > 0 ? [written(layers[index - 1])[0]] : [asShape(config.build_input_shape) ?? given];
  };
  return {
    read,
    outputs: () => {
      if (isSequential) return [written(layers.at(-1))[0]];
      const ends = config.output_layers;
      const isOne = Array.isArray(ends) && typeof ends[0] === 'string';
      return isOne ? [referenced(ends)] : Array.isArray(ends) ? ends.map(referenced) : [];
    },
  };
}

/** The input shape that the file contains for the layer itself. */
function toldShape(layer: JsonObject, call: unknown): Shape | undefined {
  const config = isObject(layer.config) ? layer.config : {};
  const built = isObject(layer.build_config) ? layer.build_config.input_shape : undefined;
  const inCall = isObject(call) ? shapesIn(call.args)[0] : undefined;
  return asShape(config.batch_input_shape) ?? asShape(built) ?? asShape(inCall);
}

function asShape(value: unknown): Shape | undefined {
  return Array.isArray(value) && !Array.isArray(value[0]) ? value : undefined;
}

function outputShapesOf(layer: JsonObject, read: readonly (Shape | undefined)[]): (Shape | undefined)[] {
  const object = serializedObject(layer);
  if (!object) return [];
  if (isModel(object)) {
    return shapesWithin(object, (object.config.layers as unknown[]).filter(isObject), read[0]).outputs();
  }
  return [outputShapeOf(object, read)];
}

function outputShapeOf(
  { class_name, config }: SerializedObject,
  read: readonly (Shape | undefined)[],
): Shape | undefined {
  const [first] = read;
  if (class_name === 'InputLayer') return asShape(config.batch_input_shape) ?? asShape(config.batch_shape);
  if (elementwise.includes(class_name)) return first;
  if (keepingRank.includes(class_name)) {
    return read.includes(undefined) ? undefined : ofRank(Math.max(...read.map((shape) => shape!.length)));
  }
  if (class_name === 'Dot') {
    // The batch, and what either has besides it and the axis that is summed; one value for each sample at
    // least.
    const [, second] = read;
    return first && second && ofRank(Math.max(first.length + second.length - 3, 2));
  }
  const rank = rankOf(class_name, config, first);
  return rank === undefined ? undefined : ofRank(rank);
}

function rankOf(class_name: string, config: JsonObject, read: Shape | undefined): number | undefined {
  if (class_name === 'Flatten' || /^Global(Average|Max)Pooling[123]D$/.test(class_name)) return 2;
  if (class_name === 'RepeatVector') return 3;
  if (class_name === 'Reshape') return lengthOf(config.target_shape);
  if (class_name === 'Permute') return lengthOf(config.dims);
  if (class_name === 'Embedding') return read && read.length + 1;
  if (/^(SimpleRNN|LSTM|GRU|RNN|ConvLSTM2D)$/.test(class_name)) {
    return read && read.length - (config.return_sequences === true ? 0 : 1);
  }
  const inner = isObject(config.layer) ? serializedObject(config.layer) : undefined;
  if (class_name === 'Bidirectional') return inner && rankOf(inner.class_name, inner.config, read);
  if (class_name === 'TimeDistributed') {
    const shape = inner && outputShapesOf(inner, [read && withoutSteps(read)])[0];
    return shape && shape.length + 1;
  }
  const spatial =
    /^(?:Depthwise|Separable)?(?:Conv|MaxPooling|AveragePooling|UpSampling|ZeroPadding|Cropping)([123])D(?:Transpose)?$/;
  const dimensions = spatial.exec(class_name)?.[1];
  return dimensions === undefined ? undefined : Number(dimensions) + 2;
}

function lengthOf(list: unknown): number | undefined {
  return Array.isArray(list) ? list.length + 1 : undefined;
}

function ofRank(rank: number): Shape {
  return Array.from({ length: rank }, () => null);
}
