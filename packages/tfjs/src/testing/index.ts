export type { KernelFault } from '../kernel-faults/kernel-fault.js';
export { faultsOf, kernelFaults } from '../kernel-faults/kernel-faults.js';
export { tensorsOf } from './tensors-of.js';
