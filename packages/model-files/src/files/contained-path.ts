import { realpath, stat } from 'node:fs/promises';
import { join, posix, relative, sep, win32 } from 'node:path';
import { FuseInitError } from '@fuseinit/core';
import { unreadable } from './file-errors.js';

/**
 * The real path of a weight file that a model.json names, and its size.
 *
 * @throws MODEL_FILE_INVALID when it lies outside the folder, by its name or by a link, or isn't a plain file.
 */
export async function containedFile(
  folder: string,
  name: string,
): Promise<{ readonly path: string; readonly bytes: number }> {
  if (!staysInside(name)) throw outside(folder, name);
  const path = join(folder, name);
  try {
    const [root, real] = await Promise.all([realpath(folder), realpath(path)]);
    const way = relative(root, real);
    if (way.split(sep)[0] === '..' || posix.isAbsolute(way) || win32.isAbsolute(way))
      throw outside(folder, name);
    const found = await stat(real);
    // A pipe would be waited on for ever.
    if (!found.isFile()) throw new Error('it is no plain file');
    return { path: real, bytes: found.size };
  } catch (cause) {
    if (FuseInitError.isInstance(cause)) throw cause;
    throw unreadable(
      path,
      cause,
      'model.json names it as a weight file: copy it beside model.json, under this name',
    );
  }
}

function staysInside(name: string): boolean {
  const absolute = posix.isAbsolute(name) || win32.isAbsolute(name) || /^[a-z][a-z\d+.-]*:/i.test(name);
  return name !== '' && !absolute && !name.includes('\0') && !name.split(/[\\/]/).includes('..');
}

function outside(folder: string, name: string): FuseInitError {
  return new FuseInitError(
    'MODEL_FILE_INVALID',
    `model.json names ${JSON.stringify(name)} as a weight file, which isn't inside ${folder}: only files of the model's own folder are read. Copy the file there and name it in model.json.`,
  );
}
