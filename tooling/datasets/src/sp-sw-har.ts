import { join } from 'node:path';
import { missing } from './check/data-errors.js';
import { readDataFile } from './check/data-file.js';
import { listFolder } from './check/list-folder.js';
import { requireFiles } from './check/require-files.js';
import { requireSamples } from './check/require-samples.js';
import type { Dataset } from './dataset.js';
import { readDelimitedRows } from './format/delimited-rows.js';
import { categoryIn, numberIn } from './format/number-columns.js';
import { standardize } from './standardize.js';
import { type Recording, windowsOf } from './windows.js';

const origin = {
  title: 'the smartphone and smartwatch measurements of Matey-Sanz, Casteleyn and Granell, its folder DATA',
  address: 'https://github.com/GeoTecINIT/sp-sw-har-dataset',
  licence: 'CC BY 4.0',
  hint: '',
};

// SHA-256 over the recordings, a line each.
const digest = '887d51ec57a81dfd6712400482592c1326d7122cfaf8c48665263a1317ec098d';

const channels = ['x_acc', 'y_acc', 'z_acc', 'x_gyro', 'y_gyro', 'z_gyro'];
const classes = ['SEATED', 'STANDING_UP', 'WALKING', 'TURNING', 'SITTING_DOWN'];
const testSubjects = ['s19', 's20', 's21', 's22', 's23'];

/**
 * Motion of 23 people, by phone and by watch: windows of 128 steps, some 1.2 s, of 6 channels.
 *
 * @throws DATA_FILE_MISSING, DATA_FILE_INVALID
 */
export function spSwHar(path: string): Dataset {
  return readSpSwHar(path, digest);
}

/**
 * As {@link spSwHar}, from recordings of that digest.
 *
 * @param sha256 Undefined where any will do.
 * @throws DATA_FILE_MISSING, DATA_FILE_INVALID
 */
export function readSpSwHar(path: string, sha256: string | undefined): Dataset {
  const folder = { path, origin };
  const subjects = listFolder(folder).filter((name) => /^s\d+$/.test(name));
  if (subjects.length === 0) throw missing(folder, join(path, 's01'));
  const files = subjects.flatMap((subject) =>
    listFolder(folder, subject)
      .filter((name) => name.endsWith('.csv'))
      .map((name) => ({
        subject,
        name: `${subject}/${name}`,
        content: readDataFile(folder, `${subject}/${name}`),
      })),
  );
  requireFiles(folder, files, sha256);
  const samplesOf = (set: 'training' | 'test') => {
    const recordings = files
      .filter(({ subject }) => testSubjects.includes(subject) === (set === 'test'))
      .map(({ name, content }) => recordingOf(join(path, name), content));
    return requireSamples(path, set, windowsOf(recordings, channels.length, 128));
  };
  return {
    task: { kind: 'classification', classes },
    ...standardize(samplesOf('training'), samplesOf('test')),
    preparation: `Windows of 128 steps (about 1.2 s), half overlapping, of phone and watch; test: the subjects ${testSubjects.join(', ')}. Each channel standardised by the training windows.`,
  };
}

function recordingOf(path: string, content: Buffer): Recording {
  const rows = readDelimitedRows(path, content, ',', [...channels, 'label']);
  const values = new Float32Array(rows.length * channels.length);
  const labels = new Uint8Array(rows.length);
  rows.forEach((row, index) => {
    labels[index] = categoryIn(path, row, index, 'label', classes);
    channels.forEach((channel, position) => {
      values[index * channels.length + position] = numberIn(path, row, index, channel);
    });
  });
  return { values, classes: labels };
}
