export { type ModelFilesOptions, modelFiles } from './model-files.js';
