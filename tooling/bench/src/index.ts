export { markdownTable } from '@fuseinit/markdown';
export { thisMachine } from './measuring/record.js';
export { time } from './report/format.js';

export { latenciesOf, nodeLatencies, speedup, type VersionLatencies } from './versions/version-latencies.js';
