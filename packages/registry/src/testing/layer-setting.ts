/** A layer as a model file has it: its class and config in the words of tfjs-layers. */
export interface PlainLayer {
  readonly className: string;
  readonly config: Config;
}

export type Config = Readonly<Record<string, unknown>>;

/** One layer in one setting, on inputs of given shapes. */
export interface LayerSetting extends PlainLayer {
  /** One shape for each input, with the batch. */
  readonly inputShapes: readonly (readonly number[])[];
  /** A layer before it that makes a mask: it says which steps of a sequence count. */
  readonly before?: PlainLayer;
  /** Inputs are whole numbers from 0 to below this, where they stand for categories. */
  readonly categories?: number;
}

/** Describes a setting for people. */
export function settingTitle({ className, config, inputShapes, before }: LayerSetting): string {
  const shapes = inputShapes.map((shape) => `[${shape}]`).join(' and ');
  const after = before ? ` after ${before.className}` : '';
  return `${className} ${JSON.stringify(config)} on ${shapes}${after}`;
}

/** Makes settings of each config on each input shape. */
export function settings(
  className: string,
  configs: readonly Config[],
  inputs: readonly (readonly number[])[],
  more: Pick<LayerSetting, 'before' | 'categories'> = {},
): LayerSetting[] {
  return configs.flatMap((config) =>
    inputs.map((shape) => ({ className, config, inputShapes: [shape], ...more })),
  );
}

/** Returns every combination of values of some keys. */
export function combine(values: Readonly<Record<string, readonly unknown[]>>): Config[] {
  return Object.entries(values).reduce<Config[]>(
    (configs, [key, options]) =>
      configs.flatMap((config) => options.map((option) => ({ ...config, [key]: option }))),
    [{}],
  );
}
