import type { Samples } from '../dataset.js';
import { invalid } from './data-errors.js';

/**
 * The samples, if there are any.
 *
 * @throws DATA_FILE_INVALID when a folder holds none of the set.
 */
export function requireSamples(path: string, set: 'training' | 'test', samples: Samples): Samples {
  if (samples.count === 0) throw invalid(path, `holds no ${set} samples.`);
  return samples;
}
