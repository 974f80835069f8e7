import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** A command that the workspace installed. */
export const bin = (name) => join(root, 'node_modules', '.bin', name);

/** The published packages: their folders and manifests. */
export async function publishable() {
  const folders = await readdir(join(root, 'packages'));
  const found = await Promise.all(
    folders.map(async (folder) => {
      const path = join(root, 'packages', folder);
      const text = await readFile(join(path, 'package.json'), 'utf8').catch(() => undefined);
      return text === undefined ? undefined : { path, manifest: JSON.parse(text) };
    }),
  );
  return found.filter((entry) => entry && !entry.manifest.private);
}

/**
 * Packs one as it would be published, into a folder of its own under `temp`, and returns the tarball's path.
 */
export async function pack({ path, manifest }, temp) {
  const folder = join(temp, manifest.name.replace('/', '-'));
  await mkdir(folder);
  await run(bin('pnpm'), ['pack', '--pack-destination', folder], { cwd: path });
  const [tarball] = await readdir(folder);
  return join(folder, tarball);
}
