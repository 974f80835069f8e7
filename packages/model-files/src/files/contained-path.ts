import { realpath, stat } from 'node:fs/promises';
import { join, posix, relative, sep, win32 } from 'node:path';
import { FuseInitError } from '@fuseinit/core';
import { unreadable } from './file-errors.js';

/**
 * The real path of a weight file that a model.json names, and its size.
 *
 * A name may be spelt as it goes over HTTP, where a browser reads a backslash as a slash and a server decodes
 * percents.
 *
 * @throws MODEL_FILE_INVALID when it lies outside the folder, by its name or by a link, or isn't a plain
 * file.
 */
export async function containedFile(
  folder: string,
  name: string,
): Promise<{ readonly path: string; readonly bytes: number }> {
  const names = spellingsOf(name);
  if (!names.every(staysInside)) throw outside(folder, name);
  let missing: FuseInitError | undefined;
  for (const spelling of names) {
    const path = join(folder, spelling);
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
      const error = unreadable(
        path,
        cause,
        'model.json names it as a weight file: copy it beside model.json, under this name',
      );
      if (error.code !== 'MODEL_FILE_MISSING') throw error;
      missing ??= error;
    }
  }
  throw missing!;
}

function spellingsOf(name: string): string[] {
  const slashed = name.replaceAll('\\', '/');
  return [...new Set([name, slashed, decoded(slashed)])];
}

/** Without percents, where they encode something. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
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
