export {
  type WeightDtype,
  type WeightRounding,
  weightDtypeOf,
  weightDtypes,
  weightRoundings,
} from './files/quantize-weights.js';
export { graphModelFiles, type ModelFiles, type ModelFilesOptions, modelFiles } from './model-files.js';
