import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { spokenSamples, type Utterance } from './audio/spoken-samples.js';
import { missing, readDataFile } from './check/data-file.js';
import type { Dataset } from './dataset.js';
import { standardize } from './standardize.js';

const origin = {
  title: 'Speech Commands v0.02: a folder a word, testing_list.txt and validation_list.txt',
  address: 'https://www.tensorflow.org/datasets/catalog/speech_commands',
  licence: 'CC BY 4.0',
  hint: '',
};

const words = ['yes', 'no', 'up', 'down', 'left', 'right', 'on', 'off', 'stop', 'go'];
const frames = 62;

/**
 * Ten words by many speakers: [62, 13] coefficients.
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
  // The official list for choosing on stays out of training here too: what is chosen on is a part of the rest.
  const validation = list('validation_list.txt');
  const utterances = words.flatMap((word, label) => {
    const inFolder = existsSync(join(path, word)) ? readdirSync(join(path, word)).sort() : [];
    const names = inFolder.filter((name) => name.endsWith('.wav')).map((name) => `${word}/${name}`);
    if (names.length === 0) throw missing(folder, join(path, word));
    return names.map((name) => ({ name, label }));
  });
  const samplesOf = (chosen: readonly { readonly name: string; readonly label: number }[]) =>
    spokenSamples(
      path,
      chosen.map((one): Utterance => ({ ...one, content: readDataFile(folder, one.name) })),
      frames,
    );
  return {
    task: { kind: 'classification', classes: words },
    ...standardize(
      samplesOf(utterances.filter(({ name }) => !test.has(name) && !validation.has(name))),
      samplesOf(utterances.filter(({ name }) => test.has(name))),
      Number.isNaN,
    ),
    preparation:
      'The official test list; the official validation list is left out. 13 MFCC of 32 ms each 16 ms, 62 frames, standardised by the training recordings; what is shorter is filled with zeros.',
  };
}
