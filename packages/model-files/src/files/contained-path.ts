import { realpath, stat } from 'node:fs/promises';
import { join, posix, relative, sep, win32 } from 'node:path';
import { FuseInitError } from '@fuseinit/core';
import { unreadable } from './file-errors.js';

/**
 * Resolves a weight file named in a model.json to its real path and size.
 *
 * A name may be URL-encoded, as for HTTP, where browsers treat a backslash as a slash and servers decode
 * percent signs.
 *
 * @throws MODEL_FILE_INVALID when the file is outside the folder, by its name or by a link, or isn't a
 *   regular file.
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
      // Reading a pipe could block for ever.
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

/** Decodes percent-encoding; a name that isn't validly encoded is returned unchanged. */
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
