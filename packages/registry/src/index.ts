export { builtinLayers } from './builtin-layers.js';
export { createRegistry, type Registry, type RegistryOptions } from './create-registry.js';
export { scaleAndShiftOf, scalingOf } from './layers/normalization.js';
export { type LoweredSpan, lowerSpan, type SpanLayer } from './lower-span.js';
export { describeRegion, type Region, regionBetween } from './region.js';
