import { type NdArray, sizeOf, type TensorType } from '@fuseinit/core';

/** A tensor of a graph under construction. */
export interface GraphTensor extends TensorType {
  /** The name of the operation that computes it. */
  readonly name: string;
}

/** An operation in the JSON form of TensorFlow's NodeDef, as TensorFlow.js reads it. */
interface NodeDef {
  readonly name: string;
  readonly op: string;
  readonly input: readonly string[];
  readonly attr: Readonly<Record<string, Attribute>>;
}

/** An attribute of an operation, in the JSON form of TensorFlow's AttrValue. */
export type Attribute = Readonly<Record<string, unknown>>;

/** A constant of a graph: a weight, or numbers that an operation reads as a tensor. */
interface GraphConstant {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
  readonly data: Float32Array | Int32Array;
}

/**
 * Collects the operations and constants of a graph. Names are as requested, with a number appended if a name
 * is taken.
 */
export interface GraphBuilder {
  readonly nodes: readonly NodeDef[];
  readonly constants: readonly GraphConstant[];
  /** Adds an operation with one output. */
  add(
    name: string,
    op: string,
    inputs: readonly GraphTensor[],
    shape: TensorType['shape'],
    attributes?: Readonly<Record<string, Attribute>>,
    dtype?: string,
  ): GraphTensor;
  /** Adds a float32 constant: a weight of the network. */
  weight(name: string, array: Pick<NdArray, 'shape'> & { readonly data: ArrayLike<number> }): GraphTensor;
  /** Adds an int32 constant that an operation reads as a tensor: a scalar, a list or a table. */
  integers(name: string, values: number | readonly number[] | readonly (readonly number[])[]): GraphTensor;
}

const types: Readonly<Record<string, string>> = { float32: 'DT_FLOAT', int32: 'DT_INT32', bool: 'DT_BOOL' };

/** TensorFlow's name for a dtype. */
export function dataType(dtype: string): string {
  return types[dtype] ?? 'DT_FLOAT';
}

/** TensorFlow's form of a shape with its batch axis, with -1 for open lengths. */
export function tensorShape(shape: TensorType['shape']): { dim: readonly { size: string }[] } {
  return { dim: shape.map((length) => ({ size: String(length ?? -1) })) };
}

export const integers = (values: readonly number[]): Attribute => ({ list: { i: values.map(String) } });
export const integer = (value: number): Attribute => ({ i: String(value) });
export const float = (value: number): Attribute => ({ f: value });
export const boolean = (value: boolean): Attribute => ({ b: value });
export const text = (value: string): Attribute => ({ s: btoa(value) });
export const texts = (values: readonly string[]): Attribute => ({
  list: { s: values.map((value) => btoa(value)) },
});
export const type = (dtype: string): Attribute => ({ type: dataType(dtype) });

export function createGraphBuilder(): GraphBuilder {
  const nodes: NodeDef[] = [];
  const constants: GraphConstant[] = [];
  const names = new Set<string>();
  const unused = (wanted: string): string => {
    // TensorFlow would read the text after a colon as the index of an output.
    const base = wanted.replaceAll(':', '_');
    let name = base;
    for (let number = 1; names.has(name); number++) name = `${base}_${number}`;
    names.add(name);
    return name;
  };
  const constant = ({ name: wanted, shape, dtype, data }: GraphConstant): GraphTensor => {
    const name = unused(wanted);
    constants.push({ name, shape, dtype, data });
    nodes.push({
      name,
      op: 'Const',
      input: [],
      attr: {
        dtype: type(dtype),
        value: { tensor: { dtype: dataType(dtype), tensorShape: tensorShape(shape) } },
      },
    });
    return { name, shape, dtype };
  };
  return {
    nodes,
    constants,
    add(wanted, op, inputs, shape, attr = {}, dtype = 'float32') {
      const name = unused(wanted);
      nodes.push({ name, op, input: inputs.map((input) => input.name), attr });
      return { name, shape, dtype };
    },
    weight: (name, { shape, data }) =>
      constant({
        name,
        shape,
        dtype: 'float32',
        data: data instanceof Float32Array ? data : Float32Array.from(data),
      }),
    integers(name, values) {
      const list = typeof values === 'number' ? [values] : values.flat();
      const shape =
        typeof values === 'number'
          ? []
          : Array.isArray(values[0])
            ? [values.length, values[0].length]
            : [list.length];
      if (sizeOf(shape) !== list.length) throw new Error(`${name} is no table: its rows differ in length.`);
      return constant({ name, shape, dtype: 'int32', data: Int32Array.from(list) });
    },
  };
}
