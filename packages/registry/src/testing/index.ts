import { elementCases } from './element-cases.js';
import type { LayerCase } from './layer-case.js';
import { slidingCases } from './sliding-cases.js';

export type { LayerCase } from './layer-case.js';

/** Each built-in layer in its settings, with weights: for holding a backend of TensorFlow.js to the float64 reference. */
export const layerCases: readonly LayerCase[] = [...elementCases, ...slidingCases];
