export { registerTrainingKernels, type TrainingKernelsOptions } from './register-training-kernels.js';
export type { TensorFlow } from './tensorflow.js';
