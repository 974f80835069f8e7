export type { Dataset, Samples, Task } from './dataset.js';
export { fashionMnistImages } from './fashion-mnist.js';
export type { IdxImages } from './idx-images.js';
export { type DatasetName, datasetNames, loadDataset, taskKindOf } from './load-dataset.js';
