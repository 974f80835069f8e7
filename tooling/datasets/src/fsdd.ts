import { join } from 'node:path';
import { isFiller } from './audio/mfcc.js';
import { spokenSamples } from './audio/spoken-samples.js';
import { missing } from './check/data-errors.js';
import { readDataFile } from './check/data-file.js';
import { listFolder } from './check/list-folder.js';
import { requireFiles } from './check/require-files.js';
import { requireSamples } from './check/require-samples.js';
import type { Dataset } from './dataset.js';
import { standardize } from './standardize.js';

const origin = {
  title: 'the Free Spoken Digit Dataset, its folder recordings',
  address: 'https://github.com/Jakobovski/free-spoken-digit-dataset',
  licence: 'CC BY-SA 4.0',
  hint: '',
};

// SHA-256 over the recordings, a line each.
const digest = 'dbd573d7cafe79c4b49f65718115e1304e24e067fa39eff18a660dc6cb9c360f';

const format = { sampleRate: 8000, frames: 64 };

/**
 * 3,000 spoken digits of 6 speakers: [64, 13] coefficients.
 *
 * @throws DATA_FILE_MISSING, DATA_FILE_INVALID
 */
export function fsdd(path: string): Dataset {
  return readFsdd(path, digest);
}

/**
 * As {@link fsdd}, from recordings of that digest.
 *
 * @param sha256 Undefined where any will do.
 * @throws DATA_FILE_MISSING, DATA_FILE_INVALID
 */
export function readFsdd(path: string, sha256: string | undefined): Dataset {
  const folder = { path, origin };
  const recordings = listFolder(folder).flatMap((name) => {
    const [, digit, take] = /^(\d)_[a-z]+_(\d+)\.wav$/.exec(name) ?? [];
    if (digit === undefined) return [];
    const content = readDataFile(folder, name);
    return [{ name, label: Number(digit), isTest: Number(take) < 5, content, read: () => content }];
  });
  if (recordings.length === 0) throw missing(folder, join(path, '0_george_0.wav'));
  requireFiles(folder, recordings, sha256);
  const samplesOf = (set: 'training' | 'test') => {
    const chosen = recordings.filter(({ isTest }) => isTest === (set === 'test'));
    return requireSamples(path, set, spokenSamples(path, chosen, format));
  };
  return {
    task: { kind: 'classification', classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'] },
    ...standardize(samplesOf('training'), samplesOf('test'), isFiller),
    preparation:
      'The official split: takes 0 to 4 of each speaker and digit are test. 13 MFCC of 32 ms each 16 ms, 64 frames, standardised by the training recordings; what is shorter is filled with zeros.',
  };
}
