export type { Spread } from '../measuring/spread.js';
export {
  timeVersions,
  type Version,
  type Versions,
  type VersionsOrder,
  type VersionTimes,
  versions,
} from './time-versions.js';
