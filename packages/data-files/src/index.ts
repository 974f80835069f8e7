export type { BatchRange, DataBatch, DataFile } from './data-file.js';
export { type DataOptions, openData } from './open-data.js';
export { type LabelOptions, openLabels } from './open-labels.js';
export type { PixelScale } from './pixel-scale.js';
export type { SourceOptions } from './source-options.js';
