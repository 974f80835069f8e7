import { type DataFolder, invalid } from './data-errors.js';
import { sha256Of } from './digest.js';

/**
 * Holds many files to one digest: SHA-256 over a line `name digest` each, by name.
 *
 * @param sha256 Undefined where any files will do.
 * @throws DATA_FILE_INVALID with both digests when they differ.
 */
export function requireFiles(
  folder: DataFolder,
  files: readonly { readonly name: string; readonly content: Buffer }[],
  sha256: string | undefined,
): void {
  if (sha256 === undefined) return;
  const lines = files.map(({ name, content }) => `${name} ${sha256Of(content)}\n`).sort();
  const came = sha256Of(lines.join(''));
  if (came === sha256) return;
  throw invalid(
    folder.path,
    `isn't the set that was expected: the SHA-256 over the ${files.length} files in it is ${came}, ${sha256} was expected. A file is missing, is one too many or differs.`,
  );
}
