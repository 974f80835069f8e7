export { thisMachine } from './measuring/machine.js';
export { time } from './report/format.js';
export { markdownTable } from './report/markdown-table.js';
export { latenciesOf, nodeLatencies, speedup, type VersionLatencies } from './versions/version-latencies.js';
