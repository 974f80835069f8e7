import { expect, test } from 'vitest';
import { createProgram } from '../program/create-program.js';
import { dataOptionName, dataOptionsOf, labelOptionName, labelOptionsOf } from './data-options.js';

const ofData = [
  ...['array', 'columns', 'labelColumn', 'header', 'separator', 'decimal', 'resize', 'interpolation'],
  ...['channels', 'order', 'skipUnreadable', 'pixels'],
];
const ofLabels = [
  ...['array', 'labelColumn', 'header', 'separator', 'decimal', 'order', 'skipUnreadable', 'classNames'],
  'fileColumn',
];

test('every option that messages about data and labels name is one of the command', () => {
  const flags = new Map(
    createProgram(() => {}).commands.map((command) => [
      command.name(),
      command.options.map(({ long }) => long!),
    ]),
  );
  const reading = [...flags].filter(([, known]) => known.includes('--data'));
  expect(reading.map(([name]) => name).sort()).toEqual([
    'collect',
    'compare',
    'eval',
    'fuse',
    'plan',
    'shrink',
    'simplify',
    'tune',
  ]);
  for (const [, known] of reading) {
    expect(known).toEqual(expect.arrayContaining(ofData.map(dataOptionName)));
    if (known.includes('--labels'))
      expect(known).toEqual(expect.arrayContaining(ofLabels.map(labelOptionName)));
  }
});

test('options about tables go to the file that is one', () => {
  const asked = {
    labels: 'y.csv',
    header: 'yes',
    decimal: 'comma',
    labelColumn: ['kind'],
    array: 'x',
  } as const;
  expect(dataOptionsOf(asked, 'a .npz', 'a table')).toEqual({ optionName: dataOptionName, array: 'x' });
  expect(labelOptionsOf(asked, 'a table')).toEqual({
    optionName: labelOptionName,
    header: true,
    decimal: ',',
    labelColumn: ['kind'],
  });
  expect(dataOptionsOf(asked, 'a table', 'an array')).toMatchObject({ header: true, decimal: ',' });
  expect(dataOptionsOf(asked, 'a table', 'a table')).toMatchObject({ header: true, decimal: ',' });
  expect(labelOptionsOf({ ...asked, labelsHeader: 'no' }, 'a table')).toMatchObject({ header: false });
  expect(labelOptionsOf(asked, 'an array')).toEqual({ optionName: labelOptionName });
});

test('the column of labels is one of the data where they have no file of their own', () => {
  const asked = { labelColumn: ['3', 'size'], array: 'x' };
  expect(dataOptionsOf(asked, 'a table', undefined)).toMatchObject({ labelColumn: [3, 'size'] });
  expect(labelOptionsOf(asked, 'a table')).toMatchObject({
    optionName: dataOptionName,
    labelColumn: [3, 'size'],
    array: 'x',
  });
});
