import { join } from 'node:path';
import { isFiller } from './audio/mfcc.js';
import { spokenSamples } from './audio/spoken-samples.js';
import { missing } from './check/data-errors.js';
import { readDataFile } from './check/data-file.js';
import { listFolder } from './check/list-folder.js';
import { requireSamples } from './check/require-samples.js';
import type { Dataset } from './dataset.js';
import { standardize } from './standardize.js';

const origin = {
  title: 'Speech Commands v0.02: a folder a word, testing_list.txt and validation_list.txt',
  address: 'https://www.tensorflow.org/datasets/catalog/speech_commands',
  licence: 'CC BY 4.0',
  hint: '',
};

const words = ['yes', 'no', 'up', 'down', 'left', 'right', 'on', 'off', 'stop', 'go'];
// One second has 61 frames; 64, so that one network takes these and FSDD.
const format = { sampleRate: 16000, frames: 64 };

/**
 * Ten words by many speakers: [64, 13] coefficients.
 *
 * @throws DATA_FILE_MISSING, DATA_FILE_INVALID
 */
export function speechCommands(path: string): Dataset {
  const folder = { path, origin };
  const list = (name: string) =>
    new Set(
      readDataFile(folder, name)
        .toString('utf8')
        .split('\n')
        .map((line) => line.trim()),
    );
  const test = list('testing_list.txt');
  // The official list for choosing on stays out of training here too: what is chosen on is a part of the
  // rest.
  const validation = list('validation_list.txt');
  const utterances = words.flatMap((word, label) => {
    const names = listFolder(folder, word).filter((name) => name.endsWith('.wav'));
    if (names.length === 0) throw missing(folder, join(path, word, '*.wav'));
    return names.map((inFolder) => {
      const name = `${word}/${inFolder}`;
      return { name, label, read: () => readDataFile(folder, name) };
    });
  });
  const samplesOf = (set: 'training' | 'test') => {
    const chosen = utterances.filter(({ name }) =>
      set === 'test' ? test.has(name) : !test.has(name) && !validation.has(name),
    );
    return requireSamples(path, set, spokenSamples(path, chosen, format));
  };
  return {
    task: { kind: 'classification', classes: words },
    ...standardize(samplesOf('training'), samplesOf('test'), isFiller),
    preparation:
      'The official test list; the official validation list is left out. 13 MFCC of 32 ms each 16 ms, 64 frames, standardised by the training recordings; what is shorter is filled with zeros.',
  };
}
