/** A layer as in a model file: its class and config for tfjs-layers. */
export interface PlainLayer {
  readonly className: string;
  readonly config: Config;
}

export type Config = Readonly<Record<string, unknown>>;

/** One layer in one setting, on inputs of given shapes. */
export interface LayerSetting extends PlainLayer {
  /** The shape of each input, with the batch. */
  readonly inputShapes: readonly (readonly number[])[];
  /** A preceding layer that creates a mask. */
  readonly before?: PlainLayer;
  /** The number of categories, if inputs are whole numbers from 0 to below it. */
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
