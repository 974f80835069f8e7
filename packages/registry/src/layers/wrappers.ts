import { applyLayer, type LayerPlugin, type NdArray, type WeightedLayer } from '@fuseinit/core';
import { concatenate, stack, take, zip } from './arrays.js';
import { unfusiblePlugin } from './plugin-makers.js';
import { recurrentReason, type SerializedLayer } from './recurrent.js';

/** Finds the plugin for a class. */
type FindPlugin = (className: string) => LayerPlugin | undefined;

/** Combines the outputs of both directions of a `Bidirectional`, by its `mergeMode`. */
const mergeModes: Readonly<Record<string, (outputs: readonly NdArray[]) => readonly NdArray[]>> = {
  concat: (outputs) => [concatenate(outputs, outputs[0]!.shape.length - 1)],
  sum: (outputs) => [zip(outputs, ([a, b]) => a! + b!)],
  ave: (outputs) => [zip(outputs, ([a, b]) => (a! + b!) / 2)],
  mul: (outputs) => [zip(outputs, ([a, b]) => a! * b!)],
  null: (outputs) => outputs,
};

/** Layers that run another layer, which is in their config; `find` returns the plugin of that layer. */
export function wrapperLayers(find: FindPlugin): readonly LayerPlugin[] {
  const run = (inner: WeightedLayer, inputs: readonly NdArray[]) =>
    applyLayer(find(inner.className), inner, inputs);

  const bidirectional = unfusiblePlugin(['Bidirectional'], recurrentReason, {
    apply(layer, input, ...initialStates) {
      const { className, config } = layer.config.layer as SerializedLayer;
      const direction = (backwards: boolean, first: boolean) => {
        const own = <T>(list: readonly T[]) =>
          first ? list.slice(0, list.length / 2) : list.slice(list.length / 2);
        const inner = { ...layer, className, config: { ...config, goBackwards: backwards } };
        return run({ ...inner, weights: own(layer.weights) }, [input, ...own(initialStates)]);
      };
      const [forward, ...forwardStates] = direction(config.goBackwards === true, true);
      const [turned, ...backwardStates] = direction(config.goBackwards !== true, false);
      const backward = config.returnSequences ? reverseSteps(turned!) : turned!;
      const { mergeMode = 'concat' } = layer.config;
      return [...mergeModes[String(mergeMode)]!([forward!, backward]), ...forwardStates, ...backwardStates];
    },
  });

  const timeDistributed = unfusiblePlugin(
    ['TimeDistributed'],
    'it wraps another layer; put that layer itself in its place where it treats each step alike',
    {
      apply(layer, input) {
        const wrapped = { ...layer, ...(layer.config.layer as SerializedLayer) };
        const steps = Array.from({ length: input.shape[1]! }, (_, step) => take(input, 1, step));
        return stack(
          steps.map((step) => run(wrapped, [step])[0]!),
          1,
        );
      },
    },
  );

  return [bidirectional, timeDistributed];
}

function reverseSteps(sequence: NdArray): NdArray {
  const steps = Array.from({ length: sequence.shape[1]! }, (_, step) => take(sequence, 1, step));
  return stack(steps.reverse(), 1);
}
