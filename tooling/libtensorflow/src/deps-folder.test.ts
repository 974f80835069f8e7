import { readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { depsLeadTo, linkDeps } from './deps-folder.js';
import { type TensorFlowFolder, tensorflowIn } from './tensorflow-folder.js';
import { archive, eachInFolder, pythonPackage } from './testing-support/folder.test-support.js';

const folder = eachInFolder();

test('deps are links to the one library, under every name it is asked for by', async () => {
  folder.put(...pythonPackage('tensorflow'), ...archive('other'), 'nvidia/x');
  const [files, other] = ['tensorflow', 'other'].map((name) => tensorflowIn(join(folder.path, name))) as [
    TensorFlowFolder,
    TensorFlowFolder,
  ];
  const deps = join(folder.path, 'deps');
  expect(depsLeadTo(deps, files)).toBe(false);
  await linkDeps(deps, files);
  const link = (name: string) => readlinkSync(join(deps, name));
  for (const name of ['libtensorflow.so', 'libtensorflow.so.2', 'libtensorflow_cc.so.2'])
    expect(link(`lib/${name}`)).toBe(files.library);
  for (const name of ['libtensorflow_framework.so', 'libtensorflow_framework.so.2'])
    expect(link(`lib/${name}`)).toBe(files.framework);
  expect(link('nvidia')).toBe(join(folder.path, 'nvidia'));
  expect([files, other].map((each) => depsLeadTo(deps, each))).toEqual([true, false]);
  // The library has been removed since.
  rmSync(files.library);
  expect(depsLeadTo(deps, files)).toBe(false);
});
