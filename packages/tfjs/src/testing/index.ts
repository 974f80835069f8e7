export { tensorsOf } from './tensors-of.js';
