import { once } from 'node:events';
import { mkdir, readdir, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { copiedModel, emptyFolder } from '@fuseinit/test-inputs/folders';
import { refusalOf } from '@fuseinit/test-inputs/refusal';
import tf from '@tensorflow/tfjs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { modelFiles } from '../model-files.js';
import { constantModel } from '../testing-support/constant-model.test-support.js';

const abalone = 'tfjs-examples-abalone';

async function refusalToLoad(path: string) {
  const { code, message } = await refusalOf(() => modelFiles(path).load());
  return [code, message];
}

// biome-ignore lint/suspicious/noExplicitAny: what tests put there is of any kind
async function editModelJson(folder: string, edit: (content: any) => void) {
  const path = join(folder, 'model.json');
  const content = JSON.parse(await readFile(path, 'utf8'));
  edit(content);
  await writeFile(path, JSON.stringify(content));
}

describe('weight files that can’t be right', () => {
  test('missing', async () => {
    const folder = copiedModel(abalone);
    await rm(join(folder, 'weights.bin'));
    expect(await refusalToLoad(folder)).toEqual([
      'MODEL_FILE_MISSING',
      `${join(folder, 'weights.bin')} isn't there. model.json names it as a weight file: copy it beside model.json, under this name.`,
    ]);
  });

  test.each([0, 12_000, 12_203])('cut off after %d bytes', async (bytes) => {
    const folder = copiedModel(abalone);
    await truncate(join(folder, 'weights.bin'), bytes);
    expect(await refusalToLoad(folder)).toEqual([
      'MODEL_FILE_INVALID',
      expect.stringContaining(
        `${folder} hold ${bytes} bytes where model.json's weights need 12204 (weights.bin has ${bytes})`,
      ),
    ]);
  });

  test('too long, also by as much again as would be a copy', async () => {
    const folder = copiedModel(abalone);
    const weights = await readFile(join(folder, 'weights.bin'));
    const copies = Array.from({ length: 6 }, () => weights);
    copies[3] = Buffer.from(weights.map((byte, index) => (index === 5 ? byte + 1 : byte)));
    for (const content of [Buffer.concat([weights, Buffer.of(0)]), Buffer.concat(copies)]) {
      await writeFile(join(folder, 'weights.bin'), content);
      const [code, message] = await refusalToLoad(folder);
      expect([code, message]).toEqual([
        'MODEL_FILE_INVALID',
        expect.stringContaining(`has ${content.length}`),
      ]);
    }
  });

  test('changed since they were saved here', async () => {
    const folder = emptyFolder();
    await modelFiles(folder).save(constantModel(1));
    const name = (await readdir(folder)).find((file) => file.endsWith('.bin'))!;
    const content = await readFile(join(folder, name));
    content[100]! ^= 1;
    await writeFile(join(folder, name), content);
    const [code, message] = await refusalToLoad(folder);
    expect([code, message]).toEqual(['MODEL_FILE_INVALID', expect.stringContaining(join(folder, name))]);
  });

  test('no plain file', async () => {
    const folder = copiedModel(abalone);
    const path = join(folder, 'weights.bin');
    await rm(path);
    await mkdir(path);
    expect(await refusalToLoad(folder)).toEqual([
      'MODEL_FILE_INVALID',
      expect.stringContaining('no plain file'),
    ]);
    await rm(path, { recursive: true });
    const server = createServer().listen(path);
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    expect(await refusalToLoad(folder)).toEqual([
      'MODEL_FILE_INVALID',
      expect.stringContaining('no plain file'),
    ]);
  });
});

describe('weight files outside the folder', () => {
  test.each([
    '../weights.bin',
    'deeper/../../weights.bin',
    '..\\weights.bin',
    '%2e%2e/weights.bin',
    '..%5Cweights.bin',
    '/etc/hostname',
    'C:\\weights.bin',
    'https://example.com/weights.bin',
    'file:///etc/hostname',
    '',
  ])('named %j', async (name) => {
    const folder = copiedModel(abalone);
    await rename(join(folder, 'weights.bin'), join(folder, '..', 'weights.bin'));
    await editModelJson(folder, ({ weightsManifest }) => {
      weightsManifest[0].paths = [name];
    });
    expect(await refusalToLoad(folder)).toEqual([
      'MODEL_FILE_INVALID',
      expect.stringContaining(`${JSON.stringify(name)} as a weight file, which isn't inside ${folder}`),
    ]);
  });

  test('linked to', async () => {
    const folder = copiedModel(abalone);
    const outside = join(folder, '..', 'weights.bin');
    await rename(join(folder, 'weights.bin'), outside);
    await symlink(outside, join(folder, 'weights.bin'));
    expect((await refusalToLoad(folder))[1]).toContain(`isn't inside ${folder}`);
  });

  test('a link to a folder, a link within it and "./" stay inside', async () => {
    const folder = copiedModel(abalone);
    await mkdir(join(folder, 'data'));
    await rename(join(folder, 'weights.bin'), join(folder, 'data', 'values'));
    await symlink(join('data', 'values'), join(folder, 'weights.bin'));
    await symlink(folder, `${folder}-linked`);
    await editModelJson(folder, ({ weightsManifest }) => {
      weightsManifest[0].paths = ['./weights.bin'];
    });
    expect((await modelFiles(`${folder}-linked`).load()).weightSpecs).toHaveLength(6);
  });
});

describe('files as other systems write them', () => {
  const specsOf = async (folder: string) => (await modelFiles(folder).load()).weightSpecs;

  test.each<[string, (text: string) => string]>([
    ['a byte-order mark', (text) => `\uFEFF${text}`],
    [
      'lines that end as on Windows',
      (text) => JSON.stringify(JSON.parse(text), null, 2).replaceAll('\n', '\r\n'),
    ],
    [
      'a topology in a string',
      (text) => {
        const content = JSON.parse(text);
        return JSON.stringify({ ...content, modelTopology: JSON.stringify(content.modelTopology) });
      },
    ],
    [
      'a model in a string inside the topology',
      (text) => {
        const content = JSON.parse(text);
        const { keras_version } = content.modelTopology;
        const modelTopology = { keras_version, model_config: JSON.stringify(content.modelTopology) };
        return JSON.stringify({ ...content, modelTopology });
      },
    ],
  ])('a model.json with %s is read', async (_, edit) => {
    const folder = copiedModel(abalone);
    const path = join(folder, 'model.json');
    await writeFile(path, edit(await readFile(path, 'utf8')));
    const model = await tf.loadLayersModel(modelFiles(folder));
    expect(model.countParams()).toBe(12_204 / 4);
    model.dispose();
  });

  test.each([
    ['data\\values.bin', 'data/values.bin'],
    ['data/the%20values.bin', 'data/the values.bin'],
    ['.\\data\\100%.bin', 'data/100%.bin'],
    ['./data/a%2Bb.bin', 'data/a+b.bin'],
    ['data/a%2Bb.bin', 'data/a%2Bb.bin'],
  ])('a weight file named %j is read from %j', async (name, path) => {
    const folder = copiedModel(abalone);
    await mkdir(join(folder, 'data'));
    await rename(join(folder, 'weights.bin'), join(folder, path));
    await editModelJson(folder, ({ weightsManifest }) => {
      weightsManifest[0].paths = [name];
    });
    expect(await specsOf(folder)).toHaveLength(6);
  });
});

describe('a model.json that can’t be right', () => {
  test.each([
    ['no JSON', '{"modelTopology":', 'MODEL_FILE_INVALID', /isn't JSON .*17 bytes/],
    ['no object', '[]', 'MODEL_FILE_INVALID', /has no modelTopology/],
    ['no topology', '{"weightsManifest":[]}', 'MODEL_FILE_INVALID', /has no modelTopology/],
    [
      'a topology that is no object',
      '{"modelTopology":"dense","weightsManifest":[]}',
      'MODEL_FILE_INVALID',
      /no modelTopology that is/,
    ],
    ['no manifest', '{"modelTopology":{}}', 'MODEL_FILE_INVALID', /has no weightsManifest/],
    [
      'odd manifest',
      '{"modelTopology":{},"weightsManifest":[{"paths":[1],"weights":[]}]}',
      'MODEL_FILE_INVALID',
      /has no weightsManifest/,
    ],
    ['a GraphModel', '{"format":"graph-model","modelTopology":{}}', 'MODEL_UNSUPPORTED', /is a GraphModel/],
    [
      'an old GraphModel',
      '{"modelTopology":{"node":[]},"weightsManifest":[]}',
      'MODEL_UNSUPPORTED',
      /is a GraphModel/,
    ],
  ])('%s', async (_, text, code, message) => {
    const folder = emptyFolder();
    await writeFile(join(folder, 'model.json'), text);
    const refused = await refusalToLoad(folder);
    expect(refused).toEqual([code, expect.stringMatching(message)]);
    expect(refused[1]).toContain(join(folder, 'model.json'));
  });

  test('none there', async () => {
    const folder = emptyFolder();
    expect(await refusalToLoad(folder)).toEqual([
      'MODEL_FILE_MISSING',
      `${join(folder, 'model.json')} isn't there. A folder with a model.json was expected at ${folder}.`,
    ]);
    await mkdir(join(folder, 'model.json'));
    expect((await refusalToLoad(folder))[0]).toBe('MODEL_FILE_INVALID');
  });
});

describe('paths', () => {
  test.each([
    ['student.h5', /--input_format=keras student\.h5/],
    ['student.KERAS', /--input_format=keras_keras student\.KERAS/],
  ])('%s is refused with the command that converts it', async (path, message) => {
    const error = await refusalOf(() => modelFiles(path));
    expect([error.code, error.message]).toEqual(['MODEL_UNSUPPORTED', expect.stringMatching(message)]);
  });

  test.each(['', 'https://example.com/model.json', 'indexeddb://student'])('%j is refused', async (path) => {
    expect((await refusalOf(() => modelFiles(path))).code).toBe('ARGUMENT_INVALID');
  });
});
