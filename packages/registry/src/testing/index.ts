import type { LayerSetting } from './layer-setting.js';
import { otherSettings } from './other-settings.js';
import { recurrentSettings } from './recurrent-settings.js';
import { slidingSettings } from './sliding-settings.js';

export { type LayerCase, layerCases } from './layer-cases.js';
export { type LayerSetting, type PlainLayer, settingTitle } from './layer-setting.js';

/** Every deterministic layer class of tfjs-layers, in every setting that matters to a backend. */
export const layerSettings: readonly LayerSetting[] = [
  ...slidingSettings,
  ...recurrentSettings,
  ...otherSettings,
];
