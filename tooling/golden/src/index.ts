export { type FusedGoldenResult, fuseGoldenCase } from './fuse-golden-case.js';
export type { GoldenCase } from './golden-case.js';
export { type GoldenResult, runGoldenCase } from './run-golden-case.js';
export { sequentialOf } from './sequential-of.js';
