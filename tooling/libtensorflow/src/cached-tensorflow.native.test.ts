import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { unpackWheel } from './cached-tensorflow.js';
import { python } from './python.js';
import { eachInFolder } from './testing-support/folder.test-support.js';

const folder = eachInFolder();
const name = 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64';
const members = [
  'tensorflow/libtensorflow_cc.so.2',
  'tensorflow/libtensorflow_framework.so.2',
  'tensorflow/include/tensorflow/c/c_api.h',
  'tensorflow/include/xla/tsl/platform/types.h',
];

function wheelWith(path: string, names: readonly string[]): string {
  const script = [
    'import sys, zipfile',
    "with zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED) as archive:",
    '    for name in sys.argv[2:]: archive.writestr(name, name * 1000)',
  ].join('\n');
  execFileSync(python, ['-c', script, path, ...names]);
  return path;
}

const task = () => ({
  cache: join(folder.path, 'cache'),
  log: () => {},
  signal: new AbortController().signal,
});

test('a wheel is unpacked to the layout of the C archive, without what is not needed', async () => {
  const more = [
    'tensorflow/python/x.py',
    'tensorflow/include/absl/y.h',
    'tensorflow/include/tsl/../../../../z',
  ];
  const wheel = wheelWith(join(folder.path, `${name}.whl`), [...members, ...more]);
  const files = await unpackWheel(wheel, task());
  const unpacked = join(folder.path, 'cache', name);
  expect(files).toEqual({
    library: join(unpacked, 'lib/libtensorflow_cc.so.2'),
    framework: join(unpacked, 'lib/libtensorflow_framework.so.2'),
    include: join(unpacked, 'include'),
    nvidia: undefined,
  });
  expect(readFileSync(files.library, 'utf8')).toBe('tensorflow/libtensorflow_cc.so.2'.repeat(1000));
  expect(existsSync(join(files.include, 'xla/tsl/platform/types.h'))).toBe(true);
  expect(
    readdirSync(unpacked, { recursive: true }).filter((path) => /x\.py|y\.h|z$/.test(String(path))),
  ).toEqual([]);
  expect(readdirSync(folder.path).sort()).toEqual(['cache', `${name}.whl`]);
  expect(readdirSync(join(folder.path, 'cache'))).toEqual([name]);
});

test('a wheel in the cache goes once it is unpacked, and an incomplete folder is replaced', async () => {
  folder.put(`cache/${name}/lib/libtensorflow_cc.so.2`);
  const wheel = wheelWith(join(folder.path, 'cache', `${name}.whl`), members);
  const { library } = await unpackWheel(wheel, task());
  expect(readFileSync(library, 'utf8').length).toBeGreaterThan(1000);
  expect(readdirSync(join(folder.path, 'cache'))).toEqual([name]);
});

test('a broken wheel is named; where it was downloaded to, it is removed, so that the next run downloads', async () => {
  folder.put('cache/x');
  const [own, cached] = ['', 'cache'].map((place) => join(folder.path, place, `${name}.whl`)) as [
    string,
    string,
  ];
  for (const wheel of [own, cached]) {
    writeFileSync(wheel, 'half of it');
    await expect(unpackWheel(wheel, task())).rejects.toThrow(`${wheel} can't be unpacked`);
  }
  await expect(unpackWheel(wheelWith(own, members.slice(1)), task())).rejects.toThrow(
    /has no libtensorflow\.so\.2 or/,
  );
  expect([existsSync(own), existsSync(cached)]).toEqual([true, false]);
  expect(readdirSync(join(folder.path, 'cache'))).toEqual(['x']);
});
