import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { npyFile, npzFile } from '@fuseinit/test-inputs/array-files';
import { emptyFolder } from '@fuseinit/test-inputs/folders';
import { expect, test } from 'vitest';
import { fuseinit } from '../testing-support/fuseinit.test-support.js';
import { conv1, conv2, conv3, mnistModel, mnistNpy } from '../testing-support/mnist.test-support.js';

const onWasm = ['--backend', 'wasm'];

/**
 * What fails before any work, with what is to be said of it. `FOLDER` stands for a folder with `data.npy`.
 */
const refused: [string, string[], string, RegExp][] = [
  ['a missing model', ['inspect', 'FOLDER/nowhere'], 'MODEL_FILE_MISSING', /nowhere.model\.json isn't there/],
  [
    'a GraphModel',
    ['inspect', 'FOLDER/graph'],
    'MODEL_UNSUPPORTED',
    /GraphModel.*--output_format=tfjs_layers_model/,
  ],
  [
    'a GraphModel whose file is no whole graph',
    ['bench', 'FOLDER/graph'],
    'MODEL_UNSUPPORTED',
    /TensorFlow\.js can't build the model at .*graph/,
  ],
  [
    'a GraphModel of an operation that TensorFlow.js does not have',
    ['bench', 'FOLDER/strange'],
    'MODEL_UNSUPPORTED',
    /can't run the GraphModel: Unknown op 'Strange'/,
  ],
  ['a file of Keras', ['inspect', 'FOLDER/m.h5'], 'MODEL_UNSUPPORTED', /tensorflowjs_converter/],
  [
    'missing data',
    ['eval', mnistModel, '--data', 'FOLDER/none.npy', '--labels', 'x'],
    'DATA_FILE_MISSING',
    /none\.npy/,
  ],
  [
    'data of another shape',
    ['eval', mnistModel, '--data', 'FOLDER/wide.npy', '--labels', 'x'],
    'SHAPE_MISMATCH',
    /Samples are 14x56 .*the model reads 28x28x1/,
  ],
  [
    'labels out of range',
    ['eval', mnistModel, '--data', 'FOLDER/data.npy', '--labels', 'FOLDER/labels.npy'],
    'DATA_FILE_INVALID',
    /label 10 in row 3.*from 0 to 9/,
  ],
  [
    'too few labels',
    ['eval', mnistModel, '--data', 'FOLDER/data.npy', '--labels', 'FOLDER/few.npy'],
    'SHAPE_MISMATCH',
    /2 labels for 20 samples/,
  ],
  [
    'bytes that may be no pixels',
    ['eval', mnistModel, '--data', 'FOLDER/bits.npy', '--labels', 'FOLDER/few.npy'],
    'ARGUMENT_INVALID',
    /bits\.npy: 2 samples of \[28, 28\], uint8.* 0 to 1 alone in the first 2 samples\. Say with --pixels/,
  ],
  [
    'several arrays, by the option that names one',
    ['eval', mnistModel, '--data', 'FOLDER/two.npz', '--labels', 'FOLDER/few.npy'],
    'DATA_FILE_INVALID',
    /Name one of them as --array/,
  ],
  [
    'several arrays of labels, by the option that names one',
    ['eval', mnistModel, '--data', 'FOLDER/data.npy', '--labels', 'FOLDER/two.npz'],
    'DATA_FILE_INVALID',
    /Name one of them as --labels-array/,
  ],
  [
    'a first line that may be names',
    ['eval', mnistModel, '--data', 'FOLDER/counted.csv', '--labels', 'FOLDER/few.npy'],
    'DATA_FILE_INVALID',
    /Say with --header whether/,
  ],
  [
    'a decimal comma',
    ['eval', mnistModel, '--data', 'FOLDER/commas.csv', '--labels', 'FOLDER/few.npy'],
    'DATA_FILE_INVALID',
    /Say with --decimal if the comma/,
  ],
  [
    'labels that are names',
    ['eval', mnistModel, '--data', 'FOLDER/data.npy', '--labels', 'FOLDER/names.csv'],
    'DATA_FILE_INVALID',
    /as --classes\./,
  ],
  ['no labels', ['eval', mnistModel, '--data', 'FOLDER/data.npy'], 'ARGUMENT_INVALID', /give --labels/],
  [
    'an option of another format',
    ['eval', mnistModel, '--data', 'FOLDER/data.npy', '--array', 'x', '--labels', 'x'],
    'ARGUMENT_INVALID',
    /about a \.npz/,
  ],
  [
    'a plan that is not there',
    ['fuse', mnistModel, '--data', 'FOLDER/data.npy', '--plan', 'FOLDER/p.json', '-o', 'FOLDER/out'],
    'PLAN_INVALID',
    /fuseinit plan -o writes one/,
  ],
  [
    'a plan for another model',
    ['fuse', mnistModel, '--data', 'FOLDER/data.npy', '--plan', 'FOLDER/other.json', '-o', 'FOLDER/out'],
    'PLAN_INVALID',
    /for another model, "other"/,
  ],
  [
    'a plan edited into nonsense',
    ['fuse', mnistModel, '--data', 'FOLDER/data.npy', '--plan', 'FOLDER/nonsense.json', '-o', 'FOLDER/out'],
    'PLAN_INVALID',
    /specVersion: .*spans\.0\.kernelSize: .*spans\.1\.to: .*"frm"/,
  ],
  [
    'unknown spans',
    ['fuse', mnistModel, '--data', 'FOLDER/data.npy', '--spans', 'conv9:conv10', '-o', 'FOLDER/out'],
    'SPAN_NOT_FOUND',
    /conv9/,
  ],
  [
    'overlapping spans',
    [
      ...['fuse', mnistModel, '--data', 'FOLDER/data.npy', '-o', 'FOLDER/out'],
      ...['--spans', `${conv1}:${conv2},${conv2}:${conv3}`],
    ],
    'SPAN_ILLEGAL',
    /overlap|both|twice/i,
  ],
  [
    'an output folder that is not empty',
    ['fuse', mnistModel, '--data', 'FOLDER/data.npy', '--spans', `${conv1}:${conv2}`, '-o', 'FOLDER/full'],
    'OUTPUT_EXISTS',
    /full is a folder that isn't empty.*--force/,
  ],
  [
    'an output folder that is a file',
    [
      'fuse',
      mnistModel,
      '--data',
      'FOLDER/data.npy',
      '--spans',
      `${conv1}:${conv2}`,
      '-o',
      'FOLDER/names.csv',
    ],
    'OUTPUT_EXISTS',
    /is a file where a folder was expected/,
  ],
  [
    'an output folder that is the data',
    [
      'fuse',
      mnistModel,
      '--data',
      'FOLDER/data.npy',
      '--spans',
      `${conv1}:${conv2}`,
      '-o',
      'FOLDER/data.npy',
      '--force',
    ],
    'OUTPUT_IS_INPUT',
    /data\.npy is what this command reads/,
  ],
  [
    'an output folder within a file',
    [
      'fuse',
      mnistModel,
      '--data',
      'FOLDER/data.npy',
      '--spans',
      `${conv1}:${conv2}`,
      '-o',
      'FOLDER/data.npy/o',
    ],
    'OUTPUT_EXISTS',
    /data\.npy/,
  ],
  [
    'a plan over another one',
    ['plan', mnistModel, '--data', 'FOLDER/data.npy', '-o', 'FOLDER/other.json'],
    'OUTPUT_EXISTS',
    /other\.json is there already/,
  ],
  ['no statistics', ['merge', 'FOLDER/none.stats', '-o', 'FOLDER/all'], 'DATA_FILE_MISSING', /none\.stats/],
  [
    'statistics that are none',
    ['merge', 'FOLDER/data.npy', '-o', 'FOLDER/all'],
    'DATA_FILE_INVALID',
    /data\.npy/,
  ],
];

async function prepared(): Promise<string> {
  const folder = emptyFolder();
  const data = await mnistNpy(folder, 'train', 20);
  const at = (name: string) => join(folder, name);
  await writeFile(at('data.npy'), await readFile(data));
  await writeFile(at('wide.npy'), npyFile(new Float32Array(2 * 14 * 56), [2, 14, 56]));
  await writeFile(
    at('labels.npy'),
    npyFile(
      Int32Array.from({ length: 20 }, (_, row) => (row === 3 ? 10 : 0)),
      [20],
    ),
  );
  await writeFile(at('few.npy'), npyFile(new Int32Array(2), [2]));
  await writeFile(
    at('bits.npy'),
    npyFile(
      Uint8Array.from({ length: 2 * 784 }, (_, index) => index % 2),
      [2, 28, 28],
    ),
  );
  await writeFile(
    at('two.npz'),
    npzFile({ x: npyFile(new Int32Array(20), [20]), y: npyFile(new Int32Array(20), [20]) }),
  );
  await writeFile(at('counted.csv'), '0,1,2\n3,4,5\n6,7,8\n');
  await writeFile(at('commas.csv'), 'a;b\n1,5;2\n3;4,5\n');
  await writeFile(at('names.csv'), 'kind\ncat\ndog\n');
  for (const name of ['graph', 'strange', 'full']) await mkdir(at(name));
  const graph = { format: 'graph-model', modelTopology: { node: [] }, weightsManifest: [] };
  await writeFile(at('graph/model.json'), JSON.stringify(graph));
  const shape = { shape: { dim: [{ size: '-1' }, { size: '3' }] } };
  const node = [
    { name: 'x', op: 'Placeholder', attr: { dtype: { type: 'DT_FLOAT' }, shape } },
    { name: 'y', op: 'Strange', input: ['x'], attr: {} },
  ];
  const strange = { ...graph, modelTopology: { node, versions: { producer: 1 } } };
  await writeFile(at('strange/model.json'), JSON.stringify(strange));
  await writeFile(at('full/precious.txt'), 'mine');
  const spans = [{ from: conv1, to: conv2 }];
  const other = { specVersion: 1, teacher: { name: 'other', fingerprint: '00000000' }, spans };
  await writeFile(at('other.json'), JSON.stringify(other));
  const nonsense = {
    specVersion: 7,
    teacher: { name: 'sequential_1' },
    spans: [
      { from: conv1, to: conv2, kernelSize: -5 },
      { frm: conv2, from: conv2 },
    ],
  };
  await writeFile(at('nonsense.json'), JSON.stringify(nonsense));
  return folder;
}

test.each(refused)('%s is refused in one line, and as JSON', async (_, args, code, message) => {
  const folder = await prepared();
  const asked = args.map((arg) => arg.replace('FOLDER', folder));
  const backend = ['inspect', 'merge'].includes(args[0]!) ? [] : onWasm;
  const { stderr, ...ended } = await fuseinit([...asked, ...backend]);
  expect(ended).toMatchObject({ code: 1, killedBy: null, stdout: '' });
  expect(stderr).toMatch(/^fuseinit: [^\n]+\n$/);
  expect(stderr).toMatch(message);
  expect(stderr).toContain(`(${code})`);
  const told = await fuseinit([...asked, ...backend, '--json']);
  expect([told.code, told.stderr]).toEqual([1, '']);
  const { error } = JSON.parse(told.stdout) as { error: { code: string; message: string } };
  expect(stderr).toBe(`fuseinit: ${error.message.replace(/\s*\n\s*/g, ' ')} (${error.code})\n`);
});

test.each([
  [['inspect'], /Missing required argument 'model'/],
  [['fuse', 'teacher'], /--data <path>/],
  [['fuse', 't', '--data', 'd', '-o', 'o', '--fast'], /Unknown option '--fast'/],
  [['fuse', mnistModel, '--data', 'd', '-o', 'o', ...onWasm], /give --plan FILE or --spans/],
  [['fuse', 't', '--data', 'd', '-o', 'o', '--spans', 'conv1'], /FIRST:LAST/],
  [
    ['fuse', 't', '--data', 'd', '-o', 'o', '--spans', 'a:b', '--plan', 'p'],
    /'--plan <file>' cannot be used with/,
  ],
  [['fuse', 't', '--data', 'd', '-o', 'o', '--ridge', '-1'], /of at least 0 or auto was expected/],
  [['plan', 't', '--data', 'd', '--max-latency', 'fast'], /such as 50%/],
  [['plan', 't', '--data', 'd', '--max-latency', '50%', '--max-depth', '2'], /cannot be used with/],
  [['bench', 't', '--backend', 'abacus'], /Allowed choices are node-gpu, wasm, cpu/],
  [['collect', 't', '--data', 'd', '-o', 'o', '--shard', '4/4'], /from 0\/4 to 3\/4/],
  [['tune', 't', '--data', 'd', '--epochs', '1', '-o', 'o'], /--labels, --teacher, or both/],
  [['fussen'], /Unknown command 'fussen'/],
])('%j is asked wrongly: exit code 2', async (args, message) => {
  const { code, stdout, stderr } = await fuseinit(args);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^fuseinit: [^\n]+ \(USAGE\)\n$/);
  expect(stderr).toMatch(message);
  const told = await fuseinit([...args, '--json']);
  expect(told).toMatchObject({ code: 2, stderr: '' });
  expect(JSON.parse(told.stdout)).toMatchObject({ error: { code: 'USAGE' } });
});
