export type { BatchRange, DataBatch, DataFile, Reading } from './data-file.js';
export type { ImageOrder } from './images/list-images.js';
export type { Interpolation } from './images/resize-image.js';
export type { LabelForm, LabelOptions, Labels } from './labels/label-options.js';
export { type DataOptions, openData } from './open-data.js';
export { labelForm, matchLabels, openLabels } from './open-labels.js';
export { sourceKind } from './open-source.js';
export type { PixelScale } from './pixel-scale.js';
export {
  type OptionName,
  type OptionNaming,
  optionsAbout,
  type Separator,
  type SourceKind,
  type SourceOptions,
} from './source-options.js';
