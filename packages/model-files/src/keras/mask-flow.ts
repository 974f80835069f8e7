import { isObject, type JsonObject } from '../json-object.js';
import { unsupportedLayer } from './computed-otherwise.js';
import type { Reference } from './inbound-nodes.js';
import { callKey, type TensorReference } from './masks-as-operations.js';
import { isModel, nameOf, type SerializedObject, serializedObject } from './serialized-object.js';

/** The mask of a tensor, and how it differs between Keras and tfjs-layers. */
interface Flow {
  /** The tensor from whose values Keras computed the mask; undefined if Keras has no mask. */
  readonly mask?: string | undefined;
  /** Whether tfjs-layers passes on the same mask. */
  readonly isKept?: boolean;
  /** A layer whose values at masked steps differ in tfjs-layers. */
  readonly altered?: SerializedObject | undefined;
}

/** The masks that are passed to calls of layers according to the file, by the path of the model. */
export type GivenMasks = ReadonlyMap<string, ReadonlyMap<string, readonly TensorReference[]>>;

const recurrent = ['SimpleRNN', 'LSTM', 'GRU', 'RNN', 'ConvLSTM2D', 'Bidirectional'];
const merging = ['Add', 'Multiply', 'Average', 'Maximum', 'Minimum', 'Concatenate', 'Dot'];
/** Classes that work step by step and pass on the mask of their input, both in Keras and in tfjs-layers. */
const passing = [
  'Dense',
  'Activation',
  'ReLU',
  'PReLU',
  'BatchNormalization',
  'LayerNormalization',
  'Dropout',
  'SpatialDropout1D',
  'GaussianNoise',
  'GaussianDropout',
  'AlphaDropout',
  'TimeDistributed',
];
/** Classes that pass on the mask of their input in Keras, but not in tfjs-layers. */
const dropping = ['LeakyReLU', 'ELU', 'ThresholdedReLU', 'Softmax', 'Rescaling'];

/**
 * Refuses a model whose masks (of Masking, or of Embedding with `mask_zero`) TensorFlow.js handles
 * differently from Keras.
 *
 * tfjs-layers 4.22 averages over masked steps, loses masks at layers through which Keras passes them on,
 * computes wrong masks at merging layers, and passes to a recurrent layer without a mask the one of an
 * earlier layer.
 *
 * @param model The model, translated for tfjs-layers.
 * @throws MODEL_UNSUPPORTED with the layer that would compute something different.
 */
export function refuseOtherMasks(model: SerializedObject, givenMasks: GivenMasks): void {
  const sources = countSources(model);
  if (sources === 0) return;
  for (const { altered } of modelFlows(model, [], { sources, givenMasks, path: '' }))
    requireUnaltered(altered);
}

interface Scope {
  /** The number of layers that create masks, in the whole model. */
  readonly sources: number;
  readonly givenMasks: GivenMasks;
  /** The names of the enclosing models, each followed by a slash. */
  readonly path: string;
}

/** The flows at a model's outputs. */
function modelFlows(model: SerializedObject, inputs: readonly Flow[], scope: Scope): Flow[] {
  const layers = (model.config.layers as JsonObject[]).flatMap((layer) => serializedObject(layer) ?? []);
  if (!Array.isArray(model.config.output_layers)) return [sequentialFlow(layers, inputs[0] ?? {}, scope)];
  const byName = new Map(layers.map((layer) => [nameOf(layer), layer]));
  const ends = (key: string) => (model.config[key] ?? []) as Reference[];
  const known = new Map<string, Flow[]>(
    ends('input_layers').map(([name], index) => [callKey(name, 0), [inputs[index] ?? {}]]),
  );
  const flowOf = ([name, node, tensor]: Reference): Flow => {
    const layer = byName.get(name);
    if (!layer) return {};
    const key = callKey(name, node);
    let flows = known.get(key);
    if (!flows) {
      const calls = layer.inbound_nodes as readonly (readonly Reference[])[];
      const call = isModel(layer) ? Math.max(node - 1, 0) : node;
      const read = calls[call] ?? [];
      const masks = scope.givenMasks.get(scope.path);
      const given = masks && (masks.get(callKey(name, call)) ?? []);
      flows = callFlows(layer, read.map(flowOf), {
        scope,
        inputName: `${scope.path}${read[0]?.slice(0, 3).join(':')}`,
        given: given?.map((reference) => scope.path + reference.join(':')),
      });
      known.set(key, flows);
    }
    return flows[tensor] ?? flows[0] ?? {};
  };
  return ends('output_layers').map(flowOf);
}

function sequentialFlow(layers: readonly SerializedObject[], input: Flow, scope: Scope): Flow {
  return layers.reduce((flow, layer, index) => {
    if (layer.class_name === 'InputLayer') return flow;
    return callFlows(layer, [flow], { scope, inputName: `${scope.path}${index}`, given: undefined })[0] ?? {};
  }, input);
}

interface Call {
  readonly scope: Scope;
  /** The identifier of the tensor that the call reads first. */
  readonly inputName: string;
  /**
   * The tensors from which the call's mask is computed according to the file, empty for no mask; undefined if
   * the file doesn't specify masks.
   */
  readonly given: readonly string[] | undefined;
}

function callFlows(layer: SerializedObject, read: readonly Flow[], call: Call): Flow[] {
  const { class_name, config } = layer;
  const { scope, inputName, given } = call;
  const name = nameOf(layer);
  const first = read[0] ?? {};
  if (given && first.isKept !== false && !given.every((source) => source === first.mask)) {
    throw refused(name, class_name, 'is called with a mask of its own, which TensorFlow.js ignores');
  }
  if (class_name === 'Masking' || (class_name === 'Embedding' && config.mask_zero === true)) {
    requireUnaltered(first.altered);
    return [{ mask: inputName, isKept: true }];
  }
  if (isModel(layer)) {
    const inner = { ...scope, path: `${scope.path}${name}/` };
    const entering = read.map((flow) => ({ ...flow, isKept: scope.sources === 1 }));
    return modelFlows(layer, entering, inner).map((flow) => ({ ...flow, isKept: false }));
  }
  if (recurrent.includes(class_name)) return [recurrentFlow(layer, first, call)];
  if (class_name === 'GlobalAveragePooling1D' && first.mask !== undefined && given?.length !== 0) {
    throw refused(name, class_name, 'averages over masked steps in TensorFlow.js, and not in Keras');
  }
  const inside = isObject(config.layer) ? serializedObject(config.layer) : undefined;
  if (class_name === 'Softmax' || (inside && (isModel(inside) || recurrent.includes(inside.class_name)))) {
    throw refused(name, class_name, 'is given the masks of other layers by TensorFlow.js');
  }
  if (merging.includes(class_name)) {
    if (read.every(({ mask }) => mask === undefined)) return [{ altered: alteredOf(read) }];
    // In Keras, products and extremes are taken over unmasked steps only; tfjs-layers fails to merge more
    // than two masks.
    if (['Add', 'Average', 'Concatenate'].includes(class_name) && read.length === 2) {
      return [{ mask: `merged by ${name}`, isKept: false, altered: alteredOf(read) }];
    }
    throw refused(name, class_name, 'merges masks, which TensorFlow.js computes otherwise');
  }
  // The Permute before and after a BatchNormalization over another axis (see `last-axis`) doesn't pass on
  // masks.
  if (class_name === 'BatchNormalization' && config.axis !== -1) return [{ ...first, isKept: false }];
  if (passing.includes(class_name)) return [first];
  if (dropping.includes(class_name)) return [{ ...first, isKept: scope.sources === 1 }];
  for (const { altered } of read) requireUnaltered(altered);
  return [{}];
}

/**
 * The flow after a recurrent layer, which skips masked steps and returns for them the output of the step
 * before, or zeros.
 */
function recurrentFlow(layer: SerializedObject, { mask, isKept }: Flow, { given }: Call): Flow {
  const { class_name, config } = layer;
  const name = nameOf(layer);
  if (mask === undefined || given?.length === 0) {
    throw refused(
      name,
      class_name,
      'has no mask in Keras; TensorFlow.js hands it the mask of an earlier layer',
    );
  }
  if (!isKept) {
    throw refused(name, class_name, 'has a mask in Keras that TensorFlow.js loses on the way to it');
  }
  const inner = isObject(config.layer) && isObject(config.layer.config) ? config.layer.config : config;
  if (inner.return_sequences !== true) return {};
  const isZero = inner.zero_output_for_mask === true || class_name === 'Bidirectional';
  return { mask, isKept: true, altered: isZero ? layer : undefined };
}

function alteredOf(flows: readonly Flow[]): SerializedObject | undefined {
  return flows.find(({ altered }) => altered !== undefined)?.altered;
}

function requireUnaltered(altered: SerializedObject | undefined): void {
  if (altered !== undefined) {
    throw refused(
      nameOf(altered),
      altered.class_name,
      'gives zeros for masked steps in Keras, and repeats the step before in TensorFlow.js; a layer that reads all steps follows',
    );
  }
}

function countSources({ class_name, config }: SerializedObject): number {
  if (class_name === 'Masking' || (class_name === 'Embedding' && config.mask_zero === true)) return 1;
  const inside = [config.layers ?? [], config.layer ?? []].flat().filter(isObject);
  return inside.reduce<number>((sum, layer) => {
    const object = serializedObject(layer);
    return sum + (object ? countSources(object) : 0);
  }, 0);
}

function refused(name: string, className: string, what: string): Error {
  return unsupportedLayer(
    name,
    `Layer ${name} (${className}) ${what}. Build the model without a mask there: set mask_zero=False or leave Masking away, train it, and save it again.`,
  );
}
