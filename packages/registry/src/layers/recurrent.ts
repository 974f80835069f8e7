import {
  activate,
  convolve,
  FuseInitError,
  type LayerPlugin,
  multiplyRows,
  type NdArray,
  type WeightedLayer,
} from '@fuseinit/core';
import { activationOf } from './activations.js';
import { at, build, channelsToFirst, channelsToLast, slice, stack, take, transpose, zip } from './arrays.js';
import { unsupported } from './config-values.js';
import { unfusiblePlugin } from './plugin-makers.js';
import { windowOf } from './windows.js';

/** Computes one step of a sequence. The first state is the step's output. */
interface Cell {
  /** Shapes of the states, from the shape of the input of one step. */
  stateShapes(step: readonly number[]): readonly (readonly number[])[];
  step(input: NdArray, states: readonly NdArray[]): readonly NdArray[];
}

/**
 * Runs a cell over `input` [batch, steps, ...], from `initialStates` or, where none are given, from zeros.
 * Where the layer's mask [batch, steps] is 0, a sample's states are unchanged. A `stateful` layer starts like
 * any other, since states kept from earlier calls are not part of a network.
 *
 * @returns the last output or all of them, then the last states where the layer returns its state.
 */
function runSteps(
  cell: Cell,
  { config, mask }: WeightedLayer,
  input: NdArray,
  initialStates: readonly NdArray[],
): NdArray[] {
  const [batch, length] = input.shape as [number, number];
  if (mask && mask.shape.join() !== `${batch},${length}`) {
    throw new FuseInitError(
      'SHAPE_MISMATCH',
      `A mask of shape [${mask.shape}] came for ${batch} sequences of ${length} steps: [${batch},${length}] was expected.`,
    );
  }
  const steps = Array.from({ length }, (_, step) => step);
  if (config.goBackwards) steps.reverse();
  let states: readonly NdArray[] =
    initialStates.length > 0
      ? initialStates
      : cell.stateShapes(input.shape.toSpliced(1, 1)).map((shape) => build(shape, () => 0));
  const outputs: NdArray[] = [];
  for (const step of steps) {
    const before = states;
    states = cell
      .step(take(input, 1, step), before)
      .map((state, index) =>
        build(state.shape, (position) =>
          at(mask && at(mask, [position[0]!, step]) === 0 ? before[index]! : state, position),
        ),
      );
    outputs.push(states[0]!);
  }
  const output = config.returnSequences ? stack(outputs, 1) : outputs.at(-1)!;
  return config.returnState ? [output, ...states] : [output];
}

const sum = (first: NdArray, second: NdArray) => zip([first, second], ([a, b]) => a! + b!);
const product = (first: NdArray, second: NdArray) => zip([first, second], ([a, b]) => a! * b!);

/** Returns one of `count` parts of equal length of the last axis. */
function part(array: NdArray, index: number, count: number): NdArray {
  const length = array.shape.at(-1)! / count;
  return slice(array, array.shape.length - 1, index * length, (index + 1) * length);
}

const cellActivation = (layer: WeightedLayer) => activationOf(layer, 'activation', 'tanh');
const gateActivation = (layer: WeightedLayer) => activationOf(layer, 'recurrentActivation', 'hardSigmoid');

/** The weights are the kernel [inputs, units], the recurrent kernel [units, units] and the bias [units]. */
function simpleRnnCell(layer: WeightedLayer): Cell {
  const [kernel, recurrent, bias] = layer.weights;
  return {
    stateShapes: ([batch]) => [[batch!, recurrent!.shape[0]!]],
    step: (input, [state]) => [
      activate(
        sum(multiplyRows(input, kernel!, bias), multiplyRows(state!, recurrent!)),
        cellActivation(layer),
      ),
    ],
  };
}

/**
 * The weights hold update gate, reset gate and candidate side by side. The reset is applied before the
 * product with the recurrent kernel, as in Keras 1.
 */
function gruCell(layer: WeightedLayer): Cell {
  const [kernel, recurrent, bias] = layer.weights;
  return {
    stateShapes: ([batch]) => [[batch!, recurrent!.shape[0]!]],
    step: (input, [state]) => {
      const read = multiplyRows(input, kernel!, bias);
      const gate = (index: number) =>
        activate(
          sum(part(read, index, 3), multiplyRows(state!, part(recurrent!, index, 3))),
          gateActivation(layer),
        );
      const [update, reset] = [gate(0), gate(1)];
      const candidate = activate(
        sum(part(read, 2, 3), multiplyRows(product(reset, state!), part(recurrent!, 2, 3))),
        cellActivation(layer),
      );
      return [zip([update, state!, candidate], ([z, old, next]) => z! * old! + (1 - z!) * next!)];
    },
  };
}

/**
 * Returns output and carry from the sums for input gate, forget gate, candidate and output gate, side by
 * side.
 */
function lstmStates(layer: WeightedLayer, sums: NdArray, carry: NdArray): NdArray[] {
  const gate = (index: number) => activate(part(sums, index, 4), gateActivation(layer));
  const candidate = activate(part(sums, 2, 4), cellActivation(layer));
  const next = sum(product(gate(1), carry), product(gate(0), candidate));
  return [product(gate(3), activate(next, cellActivation(layer))), next];
}

/** The weights hold the four gates side by side. */
function lstmCell(layer: WeightedLayer): Cell {
  const [kernel, recurrent, bias] = layer.weights;
  const units = recurrent!.shape[0]!;
  return {
    stateShapes: ([batch]) => [
      [batch!, units],
      [batch!, units],
    ],
    step: (input, [state, carry]) =>
      lstmStates(layer, sum(multiplyRows(input, kernel!, bias), multiplyRows(state!, recurrent!)), carry!),
  };
}

/** An LSTM of images: convolutions take the place of products, 'same' with stride 1 for that of the state. */
function convLstmCell(layer: WeightedLayer): Cell {
  const [kernel, recurrent, bias] = layer.weights;
  const read = (input: NdArray) =>
    convolve(input, kernel!, bias, windowOf(layer, 2, 'kernelSize', input.shape.slice(1, -1)));
  const ofState: WeightedLayer = {
    ...layer,
    config: { ...layer.config, strides: 1, dilationRate: 1, padding: 'same' },
  };
  const readState = (state: NdArray) =>
    convolve(state, recurrent!, undefined, windowOf(ofState, 2, 'kernelSize', state.shape.slice(1, -1)));
  return {
    stateShapes: (step) => {
      const { shape } = read(build(step, () => 0));
      const state = shape.with(-1, shape.at(-1)! / 4);
      return [state, state];
    },
    step: (input, [state, carry]) => lstmStates(layer, sum(read(input), readState(state!)), carry!),
  };
}

/**
 * Stacked cells: each reads the output of the one before. States are in order from the last cell to the
 * first.
 */
function stackedCells({ config, ...layer }: WeightedLayer): Cell {
  const left = [...layer.weights];
  const cells = (config.cells as readonly SerializedLayer[]).map((inner) =>
    cellOf({ ...layer, ...inner, weights: left.splice(0, inner.config.useBias === false ? 2 : 3) }),
  );
  // The number of states of a cell doesn't depend on the shape of its input.
  const stateCounts = cells.map((cell) => cell.stateShapes([1, 1]).length);
  return {
    stateShapes: (step) => cells.toReversed().flatMap((cell) => cell.stateShapes(step)),
    step: (input, states) => {
      let read = input;
      let end = states.length;
      const next = cells.map((cell, index) => {
        const own = cell.step(read, states.slice(end - stateCounts[index]!, end));
        end -= stateCounts[index]!;
        read = own[0]!;
        return own;
      });
      return next.toReversed().flat();
    },
  };
}

/** A layer in another one's config. */
export interface SerializedLayer {
  readonly className: string;
  readonly config: Readonly<Record<string, unknown>>;
}

const cells: Readonly<Record<string, (layer: WeightedLayer) => Cell>> = {
  SimpleRNN: simpleRnnCell,
  SimpleRNNCell: simpleRnnCell,
  GRU: gruCell,
  GRUCell: gruCell,
  LSTM: lstmCell,
  LSTMCell: lstmCell,
  ConvLSTM2D: convLstmCell,
  ConvLSTM2DCell: convLstmCell,
  StackedRNNCells: stackedCells,
};

function cellOf(layer: WeightedLayer): Cell {
  const make = cells[layer.className];
  if (make) return make(layer);
  throw unsupported(layer, `its cell ${JSON.stringify(layer.className)} is unknown`);
}

export const recurrentReason =
  'it is recurrent: each step depends on those before it, which no affine layer can give';

const recurrent = unfusiblePlugin(['SimpleRNN', 'GRU', 'LSTM'], recurrentReason, {
  apply: (layer, input, ...initialStates) => runSteps(cellOf(layer), layer, input, initialStates),
});

const rnn = unfusiblePlugin(['RNN'], recurrentReason, {
  apply(layer, input, ...initialStates) {
    const cell = layer.config.cell as SerializedLayer;
    return runSteps(cellOf({ ...layer, ...cell }), layer, input, initialStates);
  },
});

const convLstm2d = unfusiblePlugin(['ConvLSTM2D'], recurrentReason, {
  apply(layer, input, ...initialStates) {
    if (layer.config.dataFormat !== 'channelsFirst')
      return runSteps(cellOf(layer), layer, input, initialStates);
    const images = transpose(input, [0, 1, 3, 4, 2]);
    const outputs = runSteps(cellOf(layer), layer, images, initialStates.map(channelsToLast));
    return outputs.map((output) =>
      output.shape.length === 5 ? transpose(output, [0, 1, 4, 2, 3]) : channelsToFirst(output),
    );
  },
});

/**
 * Masking creates a mask: a time step is valid if any feature differs from `maskValue`. The values of other
 * steps become 0.
 */
const masking = unfusiblePlugin(
  ['Masking'],
  'it makes a mask for the layers after it, which a fused layer does not',
  {
    apply(layer, input) {
      const mask = maskOf(layer, input);
      return build(input.shape, (index) => at(mask, index.slice(0, -1)) * at(input, index));
    },
    makeMask: (layer, [input]) => maskOf(layer, input!),
  },
);

function maskOf({ config }: WeightedLayer, input: NdArray): NdArray {
  const maskValue = Number(config.maskValue ?? 0);
  const features = input.shape.at(-1)!;
  return build(input.shape.slice(0, -1), (index) =>
    Array.from({ length: features }, (_, feature) => at(input, [...index, feature])).some(
      (value) => value !== maskValue,
    )
      ? 1
      : 0,
  );
}

/** Layers that process the time steps of a sequence, and the one that masks steps. */
export const recurrentLayers: readonly LayerPlugin[] = [recurrent, rnn, convLstm2d, masking];
