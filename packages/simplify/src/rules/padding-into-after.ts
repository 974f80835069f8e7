import type { NetworkNode, WindowStep } from '@fuseinit/core';
import { extentOf, type SampleShape } from '../affine-steps.js';
import { originsOf, outputOf, type Rule } from '../scope.js';
import { stockLayer } from '../stock-layer.js';

/**
 * A `ZeroPadding2D` before a 'valid' convolution is replaced by 'same' padding, where that is equivalent: as
 * many zeros before each axis, and as many windows. That is the case for MobileNet's ((0, 1), (0, 1)) before
 * a stride of 2 on even lengths, and for padding by half a kernel at stride 1; on axes of open length only
 * for the latter.
 *
 * It applies where nothing else reads the padded tensor, it is not an output of the network, and the
 * convolution shares no weights.
 */
export const paddingIntoAfter: Rule = (node, scope) => {
  const source = scope.sourceOf(node);
  const form = scope.formOf(node);
  const [step, ...others] = form?.steps ?? [];
  if (!source || !form || step?.kind !== 'window' || step.padding !== 'valid') return null;
  if (scope.readersOf(source.name).length !== 1 || scope.isOutput(source) || !scope.isFree(source))
    return null;
  const borders = bordersOf(source);
  const shape = scope.inputShape(source);
  if (!borders?.every((border, axis) => isSame(step, axis, border, shape))) return null;
  const same: WindowStep = { ...step, padding: 'same' };
  const rank = node.outputs[0]!.shape.length - 1;
  const own = { ...node.layer, name: scope.layerName(node) };
  const layer = stockLayer({ ...form, steps: [same, ...others] }, [own], rank);
  if (!layer) return null;
  const merged = { ...node, layer, inputs: source.inputs, origins: originsOf([source, node]) };
  return {
    rule: 'padding-into-after',
    nodes: [source, node],
    change: { remove: [source.name], add: [merged], redirect: [[outputOf(source), source.inputs[0]!]] },
  };
};

/** The padding that a `ZeroPadding2D` adds before and after each axis; null for other layers. */
function bordersOf({ layer }: NetworkNode): readonly (readonly [number, number])[] | null {
  const { className, config } = layer;
  if (className !== 'ZeroPadding2D' || config.dataFormat === 'channelsFirst') return null;
  const { padding = 1 } = config as { padding?: number | readonly (number | readonly [number, number])[] };
  const axes = typeof padding === 'number' ? [padding, padding] : padding;
  if (!Array.isArray(axes) || axes.length !== 2) return null;
  return axes.map((axis) => (typeof axis === 'number' ? [axis, axis] : axis));
}

function isSame(
  step: WindowStep,
  axis: number,
  [before, after]: readonly [number, number],
  shape: SampleShape,
): boolean {
  const extent = extentOf(step, axis);
  const stride = step.strides[axis]!;
  const length = shape[axis]!;
  if (length === null) {
    return stride === 1 && before === Math.floor((extent - 1) / 2) && before + after === extent - 1;
  }
  const windows = Math.ceil(length / stride);
  const missing = Math.max((windows - 1) * stride + extent - length, 0);
  const valid = Math.floor((length + before + after - extent) / stride) + 1;
  return before === Math.floor(missing / 2) && valid === windows;
}
