import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { spokenSamples } from './audio/spoken-samples.js';
import { missing, readDataFile, requireFiles } from './check/data-file.js';
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

const frames = 64;

/**
 * 3,000 spoken digits of 6 speakers: [64, 13] coefficients.
 *
 * @throws DATA_FILE_MISSING, DATA_FILE_INVALID
 */
export function fsdd(path: string, sha256: string | undefined = digest): Dataset {
  const folder = { path, origin };
  const names = existsSync(path) ? readdirSync(path).sort() : [];
  const recordings = names.flatMap((name) => {
    const [, digit, take] = /^(\d)_[a-z]+_(\d+)\.wav$/.exec(name) ?? [];
    if (digit === undefined) return [];
    return [{ name, label: Number(digit), isTest: Number(take) < 5, content: readDataFile(folder, name) }];
  });
  if (recordings.length === 0) throw missing(folder, join(path, '0_george_0.wav'));
  requireFiles(folder, recordings, sha256);
  const samplesOf = (test: boolean) =>
    spokenSamples(
      path,
      recordings.filter(({ isTest }) => isTest === test),
      frames,
    );
  return {
    task: { kind: 'classification', classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'] },
    ...standardize(samplesOf(false), samplesOf(true), Number.isNaN),
    preparation:
      'The official split: takes 0 to 4 of each speaker and digit are test. 13 MFCC of 32 ms each 16 ms, 64 frames, standardised by the training recordings; what is shorter is filled with zeros.',
  };
}
