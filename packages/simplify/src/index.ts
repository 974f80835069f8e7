export { type NetworkWork, networkWork } from './network-work.js';
export type { AppliedRule, RuleName } from './scope.js';
export { type Simplified, type SimplifyOptions, simplify } from './simplify.js';
export type { Successor } from './successors.js';
export { type TrainingSetting, trainingSettings, trainsAny } from './training-settings.js';
