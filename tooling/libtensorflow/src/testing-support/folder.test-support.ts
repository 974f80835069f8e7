import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';

/** A folder for each test of a file, gone after it. */
export function eachInFolder(): { readonly path: string; readonly put: (...files: string[]) => void } {
  const folder = {
    path: '',
    put(...files: string[]) {
      for (const file of files) {
        mkdirSync(dirname(join(folder.path, file)), { recursive: true });
        writeFileSync(join(folder.path, file), file);
      }
    },
  };
  beforeEach(() => {
    folder.path = realpathSync(mkdtempSync(join(tmpdir(), 'fuseinit-libtensorflow-')));
  });
  afterEach(() => rmSync(folder.path, { recursive: true }));
  return folder;
}

/** The parts of a libtensorflow as the C archive lays them out, below a folder. */
export const archive = (folder: string) =>
  ['lib/libtensorflow.so.2', 'lib/libtensorflow_framework.so.2', 'include/tensorflow/c/c_api.h'].map(
    (file) => `${folder}/${file}`,
  );

/** The same as Python's package has them. */
export const pythonPackage = (folder: string) =>
  ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2', 'include/tensorflow/c/c_api.h'].map(
    (file) => `${folder}/${file}`,
  );
