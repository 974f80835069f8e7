export type { KernelFault } from '../kernel-faults/kernel-fault.js';
export { faultsOf, kernelFaults } from '../kernel-faults/kernel-faults.js';
export {
  type CheckLayerInModelOptions,
  checkLayerInModel,
  type LayerInModelCheck,
} from './check-layer-in-model.js';
export { tensorsOf } from './tensors-of.js';
