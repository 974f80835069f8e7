import { uniformStream } from '@fuseinit/core';
import { type LayerSetting, layerSettings } from '@fuseinit/registry/testing';
import type * as tensorflow from '@tensorflow/tfjs';
import type { LayersModel, SymbolicTensor, Tensor } from '@tensorflow/tfjs';

type TensorFlow = Omit<typeof tensorflow, 'default'>;
type Layer = tensorflow.layers.Layer;

/** A model that TensorFlow.js can run, with a batch for each of its inputs, the caller's to dispose. */
export interface DrawnModel {
  readonly model: LayersModel;
  readonly inputs: Tensor[];
  /** The layer classes in it, each once. */
  readonly classNames: readonly string[];
}

const batchSize = 2;
/** Numbers of one sample that a tensor between layers may have, so that networks stay quick. */
const mostNumbers = 1500;

/** What a model may read: images, sequences, vectors, volumes and tokens. */
const inputShapes = [
  ...[
    [8, 6, 3],
    [5, 7, 4],
    [9, 9, 1],
  ],
  ...[
    [6, 4],
    [5, 3],
    [4, 4],
  ],
  ...[[5], [8]],
  [4, 4, 3, 2],
] as const;
const tokens = { shape: [4], categories: 5 };

/** Classes of layers that make masks, read them, pass them on or drop them. */
export const maskingClasses: readonly string[] = [
  ...Array<string>(6).fill('Masking'),
  ...['LSTM', 'GRU', 'SimpleRNN', 'RNN', 'Bidirectional', 'TimeDistributed', 'Embedding', 'RepeatVector'],
  ...['Dense', 'PReLU', 'Softmax', 'Dropout', 'BatchNormalization', 'LayerNormalization', 'Permute'],
  ...['Conv1D', 'Add', 'Maximum', 'Concatenate'],
];

/** Settings by the class and by the dimensions of what the layer reads. */
const settingsOf = new Map<string, Map<number, LayerSetting[]>>();
for (const setting of layerSettings) {
  const { className, inputShapes: read, config } = setting;
  // A draw of its own for each prediction, and states that the last one left, can't be compared.
  if (config.stateful === true) continue;
  // TensorFlow.js saves this name, and doesn't know it when it loads it.
  if (JSON.stringify(config).includes('gelu_new')) continue;
  const byRank = settingsOf.get(className) ?? new Map<number, LayerSetting[]>();
  settingsOf.set(className, byRank);
  const rank = read[0]!.length;
  byRank.set(rank, [...(byRank.get(rank) ?? []), setting]);
}

/** Settings of a class for what has so many dimensions; those of Reshape for any. */
function settingsFor(className: string, rank: number): readonly LayerSetting[] {
  const byRank = settingsOf.get(className)!;
  return byRank.get(rank) ?? [...byRank.values()].flat();
}

/**
 * Draws a model: layers of all classes of tfjs-layers in all settings, residual sums, branches, layers and
 * models that are called twice, models within models, several inputs and outputs. The same seed gives the
 * same model.
 *
 * @param classNames The classes that it may have, of which one that is named twice is drawn twice as often.
 *   Default all.
 */
export function drawModel(
  tf: TensorFlow,
  seed: number,
  classNames: readonly string[] = [...settingsOf.keys()],
): DrawnModel {
  for (let attempt = 0; attempt < 50; attempt++) {
    const drawn = draw(tf, 1000 * seed + attempt, classNames);
    // Some of what can be put together TensorFlow.js can't run.
    if (drawn && canRun(tf, drawn)) return drawn;
    if (drawn) tf.dispose(drawn.inputs);
  }
  throw new Error(`No model of seed ${seed} can be run by TensorFlow.js.`);
}

function draw(tf: TensorFlow, seed: number, classNames: readonly string[]): DrawnModel | undefined {
  const uniform = uniformStream(seed);
  const below = (count: number) => Math.floor(uniform() * count);
  const pick = <Each>(choices: readonly Each[]): Each => choices[below(choices.length)]!;
  /** Layers that may be called again, and the shape that they read. */
  const made: { layer: Layer; shape: string }[] = [];
  const shapeOf = (x: SymbolicTensor) => x.shape.slice(1).join();
  const isSmall = (x: SymbolicTensor) => {
    const sizes = x.shape.slice(1);
    const size = sizes.reduce<number>((product, length) => product * length!, 1);
    return size > 0 && size <= mostNumbers && sizes.every((length) => length !== null && length > 0);
  };
  const create = ({ className, config }: Pick<LayerSetting, 'className' | 'config'>): Layer => {
    const [layerClass, fromConfig] = tf.serialization.SerializationMap.getMap().classNameMap[className]!;
    return fromConfig(layerClass as never, structuredClone(config) as never) as unknown as Layer;
  };
  const call = (layer: Layer, inputs: SymbolicTensor[]): SymbolicTensor[] => {
    try {
      const outputs = [layer.apply(inputs.length === 1 ? inputs[0]! : inputs)].flat() as SymbolicTensor[];
      return outputs.every(isSmall) ? outputs : [];
    } catch {
      // Shapes that don't fit: nothing is added.
      return [];
    }
  };
  /** Tensors of one shape: others of the pool, or made from this one. */
  const alike = (pool: readonly SymbolicTensor[], x: SymbolicTensor, count: number): SymbolicTensor[] => {
    const others = pool.filter((other) => other !== x && shapeOf(other) === shapeOf(x));
    return Array.from({ length: count }, (_, index) =>
      index < others.length && below(3) > 0
        ? others[index]!
        : (create({ className: 'Activation', config: { activation: 'tanh' } }).apply(x) as SymbolicTensor),
    );
  };
  const drawLayer = (pool: readonly SymbolicTensor[], x: SymbolicTensor): SymbolicTensor[] => {
    const rank = x.shape.length;
    const choices = classNames.filter((name) => name === 'Reshape' || settingsOf.get(name)?.has(rank));
    if (choices.length === 0) return [];
    const drawn = pick(settingsFor(pick(choices), rank));
    const sizes = x.shape.slice(1);
    // The lengths of its settings fit few tensors.
    const targetShape = pick([[-1], [...sizes].reverse(), [1, ...sizes], [-1, sizes.at(-1)]]);
    const setting = drawn.className === 'Reshape' ? { ...drawn, config: { targetShape } } : drawn;
    // They read whole numbers: only what tokens go through first.
    if (setting.categories !== undefined) return [];
    const layer = create(setting);
    // TensorFlow.js writes the shape that a CenterCrop gives over the shape of what it reads, which most
    // layers share with what they read themselves.
    const own =
      setting.className === 'CenterCrop'
        ? call(create({ className: 'Dense', config: { units: x.shape.at(-1) } }), [x])[0]!
        : x;
    const more = setting.inputShapes.length - 1;
    if (more === 0 && own === x) made.push({ layer, shape: shapeOf(x) });
    return call(layer, [own, ...alike(pool, x, more)]);
  };
  /** The last tensor that was made, and some other one. */
  const ends = (drawn: readonly SymbolicTensor[]) => [
    ...new Set([drawn.at(-1)!, ...(below(3) === 0 ? [pick(drawn)] : [])]),
  ];
  const drawLayers = (sources: readonly SymbolicTensor[], count: number, depth: number): SymbolicTensor[] => {
    const pool = [...sources];
    for (let index = 0; index < count; index++) pool.push(...drawStep(pool, depth));
    return pool.slice(sources.length);
  };
  const drawStep = (pool: readonly SymbolicTensor[], depth: number): SymbolicTensor[] => {
    // What was made last is read more often, so that networks are deep.
    const x = below(3) > 0 ? pool.at(-1)! : pick(pool);
    switch (below(12)) {
      case 0: {
        const again = made.filter(({ shape }) => shape === shapeOf(x));
        return again.length > 0 ? call(pick(again).layer, [x]) : [];
      }
      case 1: {
        // A residual block: whatever keeps the shape, and a sum.
        const branch = drawLayers([x], 1 + below(3), depth);
        const end = branch.findLast((y) => shapeOf(y) === shapeOf(x));
        return end ? call(create({ className: 'Add', config: {} }), [x, end]) : [];
      }
      case 2: {
        if (depth === 0) return [];
        // TensorFlow.js disposes a tensor too early that one layer reads twice.
        const others = pool.filter((other) => other !== x);
        const given = [x, ...(others.length > 0 && below(2) === 0 ? [pick(others)] : [])];
        const inner = given.map(({ shape }) => tf.input({ shape: shape.slice(1) }));
        const layers = drawLayers(inner, 1 + below(4), depth - 1);
        if (layers.length === 0) return [];
        // Of several outputs one may read none of what another one does: TensorFlow.js saves a model without
        // the inputs that, within nested ones, nothing reads.
        const nested = modelOf(tf, inner, given.length > 1 ? [layers.at(-1)!] : ends(layers));
        const read = given.filter((_, index) => nested.inputs.includes(inner[index]!));
        const layer = nested as unknown as Layer;
        if (read.length === 1) made.push({ layer, shape: shapeOf(read[0]!) });
        return call(layer, read);
      }
      case 3: {
        // A recurrent layer that begins in a state of another one.
        const names = ['LSTM', 'SimpleRNN'];
        const sequences = pool.filter(({ shape }) => shape.length === 3);
        if (x.shape.length !== 3 || names.some((name) => !classNames.includes(name))) return [];
        const states = call(create({ className: 'LSTM', config: { units: 4, returnState: true } }), [
          pick(sequences),
        ]);
        const reader = create({ className: 'SimpleRNN', config: { units: 4, returnSequences: true } });
        return states.length > 0 ? call(reader, [x, states[1]!]) : [];
      }
      default:
        return drawLayer(pool, x);
    }
  };

  const shapes = Array.from({ length: 1 + below(2) }, () => pick(inputShapes));
  const sources: SymbolicTensor[] = shapes.map((shape) => tf.input({ shape: [...shape] }));
  const inputs = [...sources];
  const embeds = ['Embedding', 'CategoryEncoding'].filter((name) => classNames.includes(name));
  if (embeds.length > 0 && below(5) === 0) {
    const words = tf.input({ shape: tokens.shape, dtype: 'int32' });
    const settings = [...settingsOf.get(pick(embeds))!.values()].flat();
    const read = call(create(pick(settings)), [words]);
    if (read.length > 0) {
      inputs.push(words);
      sources.push(...read);
    }
  }
  const drawn = drawLayers(sources, 2 + below(8), 2);
  if (drawn.length === 0) return undefined;
  const model = modelOf(tf, inputs, ends(drawn));
  drawWeights(tf, model, uniform);
  return {
    model,
    classNames: classesIn(model),
    inputs: model.inputs.map((input) => batch(tf, input, uniform)),
  };
}

/** A model of those inputs that its outputs depend on: TensorFlow.js saves it without the others. */
function modelOf(tf: TensorFlow, inputs: readonly SymbolicTensor[], outputs: SymbolicTensor[]): LayersModel {
  const whole = tf.model({ inputs: [...inputs], outputs });
  const read = inputs.filter(({ sourceLayer }) => whole.layers.includes(sourceLayer));
  return tf.model({ inputs: read, outputs });
}

/** The classes of a model's layers, those of nested models too. */
function classesIn({ layers }: Pick<LayersModel, 'layers'>): string[] {
  return [
    ...new Set(
      layers.flatMap((layer) =>
        'layers' in layer ? classesIn(layer as unknown as LayersModel) : layer.getClassName(),
      ),
    ),
  ];
}

function drawWeights(tf: TensorFlow, model: LayersModel, uniform: () => number): void {
  for (const weight of model.weights) {
    const shape = weight.shape as number[];
    const size = shape.reduce((product, length) => product * length, 1);
    // About as large as keeps numbers of the size that they have.
    const scale = shape.length > 1 ? Math.sqrt((3 * shape.at(-1)!) / size) : 0.5;
    const values = Float32Array.from({ length: size }, () =>
      weight.originalName.includes('variance') ? 0.5 + uniform() : scale * (2 * uniform() - 1),
    );
    tf.tidy(() => void weight.write(tf.tensor(values, shape)));
  }
}

function batch(tf: TensorFlow, { shape, dtype }: SymbolicTensor, uniform: () => number): Tensor {
  const lengths = [batchSize, ...(shape.slice(1) as number[])];
  const size = lengths.reduce((product, length) => product * length, 1);
  const value = () => (dtype === 'int32' ? Math.floor(uniform() * tokens.categories) : 2 * uniform() - 1);
  const values = Float32Array.from({ length: size }, value);
  // A step of zeros, which Masking leaves out.
  if (lengths.length === 3) values.fill(0, 0, lengths[2]);
  return tf.tensor(values, lengths, dtype);
}

function canRun(tf: TensorFlow, { model, inputs }: DrawnModel): boolean {
  try {
    tf.tidy(() => void model.predict(inputs.length === 1 ? inputs[0]! : inputs));
    return true;
  } catch {
    return false;
  }
}
