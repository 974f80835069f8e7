import type { NdArray } from '../array/nd-array.js';

/** A layer as its model holds it: the field's own words and numbers, no TensorFlow. */
export interface LayerDescription {
  readonly name: string;
  /** As tfjs-layers spells it: `Conv2D`, `Dense`, `MaxPooling2D`. */
  readonly className: string;
  /** The layer's `getConfig()`. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Shape of one sample: [...spatial, channels], without the batch; null where the model leaves a length open. */
  readonly inputShape: readonly (number | null)[];
  /** Shape of one sample of the output as the model has it, where it is known: a plugin's answer is held to it. */
  readonly outputShape?: readonly (number | null)[];
}

/** A layer and its numbers, in tfjs-layers' own order; needed where it is run, not where it is lowered. */
export interface WeightedLayer extends LayerDescription {
  readonly weights: readonly NdArray[];
  /** The mask that the call gets, [batch, steps], 0 where a step doesn't count; absent for none. */
  readonly mask?: NdArray;
}
