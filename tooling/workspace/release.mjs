// Publishes the packages. With --dry-run, it publishes them to a registry on this machine that forgets them
// afterwards, and then installs and runs the command line from there as a stranger would.
import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { bin, pack, publishable, root } from './pack.mjs';

/** The registry: the last version for Node 20, whose dependencies ask for a tag that registries may lack. */
const verdaccio = { dependencies: { verdaccio: '6.2.1' }, overrides: { 'node-fetch': '2.7.0' } };
/** The package managers that install from the registry, with their versions. */
const managers = {
  npm: ['npm', 'install'],
  pnpm: [bin('pnpm'), 'install'],
  yarn: ['npx', '--yes', 'yarn@1.22.22', 'install', '--silent', '--no-lockfile'],
};

if (process.argv.includes('--dry-run')) await dryRun();
else execFileSync(bin('changeset'), ['publish'], { cwd: root, stdio: 'inherit' });

async function dryRun() {
  const temp = mkdtempSync(join(tmpdir(), 'fuseinit-release-'));
  process.on('exit', () => rmSync(temp, { recursive: true, force: true }));
  const registry = await startRegistry(temp);
  try {
    const packages = await publishable();
    for (const entry of packages) await publish(await pack(entry, temp), registry, temp);
    const { version } = packages.find(({ manifest }) => manifest.name === '@fuseinit/cli').manifest;
    const empty = folderIn(temp, 'npx');
    const { stdout } = await run('npx', ['--yes', `@fuseinit/cli@${version}`, '--version'], empty, registry);
    assert.match(stdout, new RegExp(`^${version.replaceAll('.', '\\.')}$`, 'm'));
    console.log(`npx @fuseinit/cli@${version}: runs`);
    const model = join(root, 'tooling', 'teacher', 'model');
    const simplify = ['simplify', model, '--backend', 'wasm', '--seconds', '0', '-o', 'simplified'];
    const install = async ([name, [command, ...args]]) => {
      const folder = folderIn(temp, name);
      const dependencies = { '@fuseinit/cli': version };
      writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
      await run(command, args, folder, registry);
      await run(join(folder, 'node_modules', '.bin', 'fuseinit'), simplify, folder, registry);
      assert(readdirSync(join(folder, 'simplified')).includes('model.json'));
      console.log(`${name}: installs, and fuseinit simplifies a model`);
    };
    await Promise.all(Object.entries(managers).map(install));
  } finally {
    await registry.stop();
  }
}

/** Starts an empty registry that takes everything but these packages from the one that npm is set to. */
async function startRegistry(temp) {
  const url = `http://localhost:${await freePort()}`;
  const others = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim();
  const config = {
    storage: join(temp, 'storage'),
    uplinks: { others: { url: others } },
    packages: {
      '@fuseinit/*': { access: '$all', publish: '$all' },
      '**': { access: '$all', proxy: 'others' },
    },
    log: { type: 'stdout', level: 'fatal' },
  };
  // YAML is a superset of JSON.
  const file = join(temp, 'registry.yaml');
  writeFileSync(file, JSON.stringify(config));
  const folder = folderIn(temp, 'verdaccio');
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, ...verdaccio }));
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder });
  const command = join(folder, 'node_modules', '.bin', 'verdaccio');
  const child = spawn(command, ['--config', file, '--listen', url], { stdio: 'inherit' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    child.kill();
    await ended;
  };
  for (let tries = 0; tries < 240 && child.exitCode === null; tries++) {
    const answer = await fetch(`${url}/-/ping`).catch(() => undefined);
    if (answer?.ok) return { url, stop };
    await delay(500);
  }
  await stop();
  throw new Error(`verdaccio doesn't answer at ${url}.`);
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function publish(tarball, registry, temp) {
  // Provenance is only to be had where a workflow publishes.
  await run('npm', ['publish', tarball, '--access', 'public', '--provenance=false'], temp, registry);
}

function folderIn(temp, name) {
  const folder = join(temp, name);
  mkdirSync(folder);
  return folder;
}

/** Runs a command that installs from the registry, with an empty cache. */
function run(command, args, cwd, { url }) {
  const env = {
    ...process.env,
    npm_config_registry: url,
    YARN_REGISTRY: url,
    // npm publishes only with a token, and this registry takes any.
    [`npm_config_//${new URL(url).host}/:_authToken`]: 'nobody',
    npm_config_cache: join(cwd, '.npm-cache'),
    npm_config_store_dir: join(cwd, '.pnpm-store'),
    YARN_CACHE_FOLDER: join(cwd, '.yarn-cache'),
    npm_config_loglevel: 'error',
  };
  return promisify(execFile)(command, args, { cwd, env });
}
