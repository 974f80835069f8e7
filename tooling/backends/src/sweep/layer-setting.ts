import type { Config, PlainLayer } from '../reference/layer-config.js';

/** One layer in one setting on inputs of given shapes: what the sweep tries. */
export interface LayerSetting extends PlainLayer {
  /** Shapes with the batch, one for each input. */
  readonly inputShapes: readonly (readonly number[])[];
  /** A layer before it that tells which steps of a sequence count. */
  readonly before?: PlainLayer;
  /** Inputs are whole numbers from 0 to below this, where they stand for categories. */
  readonly categories?: number;
}

/** A setting in words, for people. */
export function settingTitle({ className, config, inputShapes, before }: LayerSetting): string {
  const shapes = inputShapes.map((shape) => `[${shape}]`).join(' and ');
  const after = before ? ` after ${before.className}` : '';
  return `${className} ${JSON.stringify(config)} on ${shapes}${after}`;
}

/** A layer in several settings, each on every one of some inputs. */
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

/** Every combination of values of some keys. */
export function combine(values: Readonly<Record<string, readonly unknown[]>>): Config[] {
  return Object.entries(values).reduce<Config[]>(
    (configs, [key, options]) =>
      configs.flatMap((config) => options.map((option) => ({ ...config, [key]: option }))),
    [{}],
  );
}
