export { type NetworkCost, networkCost } from './cost.js';
export type { RuleName } from './scope.js';
export { type AppliedRule, type Simplified, type SimplifyOptions, simplify } from './simplify.js';
