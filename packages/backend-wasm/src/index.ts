export { registerTrainingKernels, type TrainingKernelsOptions } from './register-training-kernels.js';
export { repairPrelu } from './repair-prelu.js';
export type { TensorFlow } from './tensorflow.js';
