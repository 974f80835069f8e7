export type { Spread } from '../measuring/measurements.js';
export {
  timeVersions,
  type Version,
  type Versions,
  type VersionsOrder,
  type VersionTimes,
  versions,
} from './time-versions.js';
