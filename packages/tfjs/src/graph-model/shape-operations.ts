import { sizeOf } from '@fuseinit/core';
import { boolean, type GraphTensor, integer } from './graph-builder.js';
import {
  isChannelsFirst,
  perAxis,
  reshaped,
  transposed,
  type Writer,
  type WrittenLayer,
  withoutOperation,
} from './written-layer.js';

export function reshapeTo({ graph, node, name }: WrittenLayer, input: GraphTensor): GraphTensor {
  const { shape } = node.outputs[0]!;
  const numbers = input.shape.slice(1);
  const open = shape.filter((length) => length === null).length;
  if (open > 1 || (open === 1 && numbers.includes(null))) throw withoutOperation(node, ' of an open length');
  const known = sizeOf(shape.map((length) => length ?? 1));
  const lengths = shape.map((length) => length ?? sizeOf(numbers.map(Number)) / known);
  return reshaped(graph, name(), input, [null, ...lengths]);
}

export const flatten: Writer = (layer) => {
  const { graph, inputs, config, name } = layer;
  const [input] = inputs;
  if (config.dataFormat !== 'channelsFirst' || input!.shape.length < 3) return reshapeTo(layer, input!);
  // tfjs-layers flattens in the order of channels last.
  const axes = input!.shape.map((_, axis) => axis);
  return reshapeTo(layer, transposed(graph, name('channels_last'), input!, [0, ...axes.slice(2), 1]));
};

export const permute: Writer = ({ graph, inputs, config, name }) =>
  transposed(graph, name(), inputs[0]!, [0, ...(config.dims as number[])]);

export const repeatVector: Writer = ({ graph, inputs, config, name, node }) => {
  const [input] = inputs;
  const expanded = graph.add(
    name('expand'),
    'ExpandDims',
    [input!, graph.integers(name('axis'), 1)],
    [null, 1, input!.shape[1]!],
  );
  const multiples = graph.integers(name('multiples'), [1, Number(config.n), 1]);
  return graph.add(name(), 'Tile', [expanded, multiples], [null, ...node.outputs[0]!.shape]);
};

export const zeroPadding: Writer = ({ graph, inputs, config, name, node }) => {
  const [rows, columns] = borders(config.padding ?? 1);
  const space = [rows!, columns!];
  const none = [0, 0];
  const table = isChannelsFirst(config) ? [none, none, ...space] : [none, ...space, none];
  return graph.add(
    name(),
    'Pad',
    [inputs[0]!, graph.integers(name('paddings'), table)],
    [null, ...node.outputs[0]!.shape],
  );
};

export const cropping: Writer = ({ graph, inputs, config, name, node }) => {
  const [[top, bottom], [left, right]] = borders(config.cropping ?? 0) as [
    [number, number],
    [number, number],
  ];
  const around = (space: readonly number[], other: number) =>
    isChannelsFirst(config) ? [other, other, ...space] : [other, ...space, other];
  const begin = graph.integers(name('begin'), around([top, left], 0));
  const end = graph.integers(name('end'), around([-bottom, -right], 0));
  const strides = graph.integers(name('strides'), [1, 1, 1, 1]);
  // The mask has a bit for each axis that is read to its end.
  const open = around([bottom === 0 ? 1 : 0, right === 0 ? 1 : 0], 1);
  const mask = open.reduce((sum, bit, axis) => sum + bit * 2 ** axis, 0);
  return graph.add(
    name(),
    'StridedSlice',
    [inputs[0]!, begin, end, strides],
    [null, ...node.outputs[0]!.shape],
    {
      begin_mask: integer(0),
      end_mask: integer(mask),
      ellipsis_mask: integer(0),
      new_axis_mask: integer(0),
      shrink_axis_mask: integer(0),
    },
  );
};

/** Returns `[[top, bottom], [left, right]]` for a number, a pair, or two pairs. */
function borders(value: unknown): number[][] {
  const axes = typeof value === 'number' ? [value, value] : (value as (number | number[])[]);
  return axes.map((axis) => (typeof axis === 'number' ? [axis, axis] : axis));
}

export const upSampling: Writer = (layer) => {
  const { graph, inputs, config, name, node } = layer;
  if (isChannelsFirst(config)) throw withoutOperation(node, ' of channels first');
  const bilinear = config.interpolation === 'bilinear';
  const op = bilinear ? 'ResizeBilinear' : 'ResizeNearestNeighbor';
  return graph.add(name(), op, [inputs[0]!, sizeAfter(layer)], [null, ...node.outputs[0]!.shape], {
    align_corners: boolean(false),
    half_pixel_centers: boolean(false),
  });
};

/**
 * The height and width after upsampling, as a constant or, for open lengths, computed from the input as the
 * graph runs.
 */
function sizeAfter({ graph, inputs, config, name, node }: WrittenLayer): GraphTensor {
  const [height, width] = node.outputs[0]!.shape;
  if (height !== null && width !== null) return graph.integers(name('size'), [height!, width!]);
  const ofInput = graph.add(name('shape'), 'Shape', [inputs[0]!], [4], {}, 'int32');
  const bounds = [graph.integers(name('begin'), [1]), graph.integers(name('length'), [2])];
  const space = graph.add(name('space'), 'Slice', [ofInput, ...bounds], [2], {}, 'int32');
  const factors = graph.integers(name('factors'), perAxis(config.size ?? 2, 2));
  return graph.add(name('size'), 'Mul', [space, factors], [2], {}, 'int32');
}
