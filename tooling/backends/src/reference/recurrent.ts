import { activate, type NdArray } from '@fuseinit/core';
import { addBias, at, axisOf, build, slice, stack, take, zip } from './arrays.js';
import { convolve, type SlidingWindow } from './windows.js';

/** What a cell makes of one step. */
export interface Cell {
  /** Which of the states is the step's output. */
  readonly outputState: number;
  /** Shapes of the states, from the shape of the input of one step. */
  stateShapes(step: readonly number[]): readonly (readonly number[])[];
  step(input: NdArray, states: readonly NdArray[]): readonly NdArray[];
}

export interface Sequence {
  readonly goBackwards?: boolean;
  readonly returnSequences?: boolean;
  readonly returnState?: boolean;
}

/**
 * Runs a cell over `input` [batch, steps, ...]. Where `mask` [batch, steps] is 0, a sample's states stay as they were.
 *
 * @returns The last output or all of them, then the last states where they are asked for.
 */
export function runSteps(cell: Cell, input: NdArray, sequence: Sequence, mask?: NdArray): NdArray[] {
  const steps = Array.from({ length: input.shape[1]! }, (_, step) => step);
  if (sequence.goBackwards) steps.reverse();
  let states = cell.stateShapes(input.shape.toSpliced(1, 1)).map((shape) => build(shape, () => 0));
  const outputs: NdArray[] = [];
  for (const step of steps) {
    const next = cell.step(take(input, 1, step), states);
    states = next.map((state, index) =>
      build(state.shape, (position) =>
        at(mask && at(mask, [position[0]!, step]) === 0 ? states[index]! : state, position),
      ),
    );
    outputs.push(states[cell.outputState]!);
  }
  const output = sequence.returnSequences ? stack(outputs, 1) : outputs.at(-1)!;
  return sequence.returnState ? [output, ...states] : [output];
}

interface Gates {
  readonly activation: string;
  readonly recurrentActivation: string;
}

type Weights = readonly NdArray[];

/** `rows` [batch, inner] times `matrix` [inner, columns]. */
function multiply(rows: NdArray, matrix: NdArray): NdArray {
  const [inner, columns] = matrix.shape;
  return build([rows.shape[0]!, columns!], ([row, column]) => {
    let sum = 0;
    for (let index = 0; index < inner!; index++)
      sum += at(rows, [row!, index]) * at(matrix, [index, column!]);
    return sum;
  });
}

const sum = (first: NdArray, second: NdArray) => zip([first, second], ([a, b]) => a! + b!);
const product = (first: NdArray, second: NdArray) => zip([first, second], ([a, b]) => a! * b!);

/** One of `count` equal parts of the last axis. */
function part(array: NdArray, index: number, count: number): NdArray {
  const axis = axisOf(-1, array.shape.length);
  const length = array.shape[axis]! / count;
  return slice(array, axis, index * length, (index + 1) * length);
}

/** `weights`: kernel [inputs, units], recurrent kernel [units, units], and a bias [units] or none. */
export function simpleRnnCell([kernel, recurrent, bias]: Weights, activation: string): Cell {
  return {
    outputState: 0,
    stateShapes: ([batch]) => [[batch!, recurrent!.shape[0]!]],
    step: (input, [state]) => [
      activate(sum(addBias(multiply(input, kernel!), bias), multiply(state!, recurrent!)), activation),
    ],
  };
}

/** `weights` for update gate, reset gate and candidate side by side; the reset is applied before the product, as in Keras 1. */
export function gruCell([kernel, recurrent, bias]: Weights, gates: Gates): Cell {
  return {
    outputState: 0,
    stateShapes: ([batch]) => [[batch!, recurrent!.shape[0]!]],
    step: (input, [state]) => {
      const read = addBias(multiply(input, kernel!), bias);
      const gate = (index: number) =>
        activate(
          sum(part(read, index, 3), multiply(state!, part(recurrent!, index, 3))),
          gates.recurrentActivation,
        );
      const [update, reset] = [gate(0), gate(1)];
      const candidate = activate(
        sum(part(read, 2, 3), multiply(product(reset, state!), part(recurrent!, 2, 3))),
        gates.activation,
      );
      return [zip([update, state!, candidate], ([z, old, next]) => z! * old! + (1 - z!) * next!)];
    },
  };
}

/** Output and carry of an LSTM from its sums for input gate, forget gate, candidate and output gate, side by side. */
function lstmStates(sums: NdArray, carry: NdArray, { activation, recurrentActivation }: Gates): NdArray[] {
  const gate = (index: number) => activate(part(sums, index, 4), recurrentActivation);
  const candidate = activate(part(sums, 2, 4), activation);
  const next = sum(product(gate(1), carry), product(gate(0), candidate));
  return [product(gate(3), activate(next, activation)), next];
}

/** `weights` for the four gates side by side. */
export function lstmCell([kernel, recurrent, bias]: Weights, gates: Gates): Cell {
  const units = recurrent!.shape[0]!;
  return {
    outputState: 0,
    stateShapes: ([batch]) => [
      [batch!, units],
      [batch!, units],
    ],
    step: (input, [state, carry]) =>
      lstmStates(sum(addBias(multiply(input, kernel!), bias), multiply(state!, recurrent!)), carry!, gates),
  };
}

/** An LSTM of images: convolutions take the place of products, 'same' with stride 1 for that of the state. */
export function convLstmCell([kernel, recurrent, bias]: Weights, gates: Gates, window: SlidingWindow): Cell {
  const read = (input: NdArray) => addBias(convolve(input, kernel!, window), bias);
  const ones = window.size.map(() => 1);
  const ofState: SlidingWindow = { ...window, strides: ones, dilationRate: ones, padding: 'same' };
  return {
    outputState: 0,
    stateShapes: (step) => {
      const { shape } = read(build(step, () => 0));
      const state = shape.with(-1, shape.at(-1)! / 4);
      return [state, state];
    },
    step: (input, [state, carry]) =>
      lstmStates(sum(read(input), convolve(state!, recurrent!, ofState)), carry!, gates),
  };
}

/** Cells one upon the other, for inputs of [batch, inputs]: each reads the output of the one before. */
export function stackCells(cells: readonly Cell[]): Cell {
  const shapesOf = (step: readonly number[]) => cells.map((cell) => cell.stateShapes(step));
  const firstStates = cells.map((_, index) => shapesOf([1, 1]).slice(0, index).flat().length);
  return {
    outputState: firstStates.at(-1)! + cells.at(-1)!.outputState,
    stateShapes: (step) => shapesOf(step).flat(),
    step: (input, states) => {
      let read = input;
      return cells.flatMap((cell, index) => {
        const next = cell.step(read, states.slice(firstStates[index]!, firstStates[index + 1]));
        read = next[cell.outputState]!;
        return next;
      });
    },
  };
}
