import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { csvParse, type DSVRowString } from 'd3-dsv';
import { type DataFolder, invalid, missing, readDataFile, requireFiles } from './check/data-file.js';
import type { Dataset } from './dataset.js';
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
 * Motion of 23 people, by phone and by watch: windows of 128 steps, some 1.3 s, of 6 channels.
 *
 * @throws DATA_FILE_MISSING, DATA_FILE_INVALID
 */
export function spSwHar(path: string, sha256: string | undefined = digest): Dataset {
  const folder = { path, origin };
  const subjects = existsSync(path) ? readdirSync(path).filter((name) => /^s\d+$/.test(name)) : [];
  if (subjects.length === 0) throw missing(folder, join(path, 's01'));
  const files = subjects.sort().flatMap((subject) =>
    readdirSync(join(path, subject))
      .filter((name) => name.endsWith('.csv'))
      .sort()
      .map((name) => ({
        subject,
        name: `${subject}/${name}`,
        content: readDataFile(folder, `${subject}/${name}`),
      })),
  );
  requireFiles(folder, files, sha256);
  const samplesOf = (isTest: boolean) =>
    windowsOf(
      files
        .filter(({ subject }) => testSubjects.includes(subject) === isTest)
        .map(({ name, content }) => recordingOf(folder, name, content.toString('utf8'))),
      channels.length,
      128,
    );
  return {
    task: { kind: 'classification', classes },
    ...standardize(samplesOf(false), samplesOf(true)),
    preparation: `Windows of 128 steps (about 1.3 s), half overlapping, of phone and watch; test: the subjects ${testSubjects.join(', ')}. Each channel standardised by the training windows.`,
  };
}

function recordingOf(folder: DataFolder, name: string, text: string): Recording {
  const rows = csvParse(text);
  const values = new Float32Array(rows.length * channels.length);
  const labels = new Uint8Array(rows.length);
  rows.forEach((row: DSVRowString, index) => {
    const label = classes.indexOf(row.label ?? '');
    if (label < 0) throw invalid(join(folder.path, name), `has the label ${row.label} in row ${index + 1}.`);
    labels[index] = label;
    channels.forEach((channel, position) => {
      const value = Number(row[channel] || Number.NaN);
      if (!Number.isFinite(value)) {
        throw invalid(join(folder.path, name), `has ${row[channel]} as ${channel} in row ${index + 1}.`);
      }
      values[index * channels.length + position] = value;
    });
  });
  return { values, classes: labels };
}
