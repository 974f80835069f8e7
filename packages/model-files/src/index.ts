export { type WeightDtype, weightDtypeOf, weightDtypes } from './files/quantize-weights.js';
export { graphModelFiles, type ModelFiles, type ModelFilesOptions, modelFiles } from './model-files.js';
