// Publishes the packages. With --dry-run, it publishes them to a registry on this machine that forgets them
// afterwards, and then installs and runs the command line from there as a stranger would.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { bin, pack, publishable, root } from './pack.mjs';

/** The last version of the registry for Node 20. */
const verdaccio = 'verdaccio@6.2.1';
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
  const registry = await startRegistry(temp);
  try {
    const packages = await publishable();
    for (const entry of packages) publish(await pack(entry, temp), registry, temp);
    const { version } = packages.find(({ manifest }) => manifest.name === '@fuseinit/cli').manifest;
    const empty = folderIn(temp, 'npx');
    const printed = run('npx', ['--yes', `@fuseinit/cli@${version}`, '--version'], empty, registry);
    assert.match(printed, new RegExp(`^${version.replaceAll('.', '\\.')}$`, 'm'));
    console.log(`npx @fuseinit/cli@${version}: runs`);
    for (const [name, [command, ...args]] of Object.entries(managers)) {
      const folder = folderIn(temp, name);
      const dependencies = { '@fuseinit/cli': version };
      writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
      run(command, args, folder, registry);
      const cli = join('node_modules', '.bin', 'fuseinit');
      const model = join(root, 'tooling', 'teacher', 'model');
      run(
        cli,
        ['simplify', model, '--backend', 'wasm', '--seconds', '0', '-o', 'simplified'],
        folder,
        registry,
      );
      assert(readdirSync(join(folder, 'simplified')).includes('model.json'));
      console.log(`${name}: installs, and fuseinit simplifies a model`);
    }
  } finally {
    await registry.stop();
    rmSync(temp, { recursive: true, force: true });
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
  const child = spawn('npx', ['--yes', verdaccio, '--config', file, '--listen', url], {
    stdio: 'inherit',
    // npx starts the registry as a child of its own, which only a signal to the whole group ends.
    detached: true,
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    if (child.exitCode === null) process.kill(-child.pid);
    await ended;
  };
  for (let tries = 0; tries < 240; tries++) {
    const answer = await fetch(`${url}/-/ping`).catch(() => undefined);
    if (answer?.ok) return { url, stop };
    if (child.exitCode !== null) throw new Error(`${verdaccio} ended with ${child.exitCode}.`);
    await delay(500);
  }
  await stop();
  throw new Error(`${verdaccio} doesn't answer at ${url}.`);
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function publish(tarball, registry, temp) {
  // Provenance is only to be had where a workflow publishes.
  run('npm', ['publish', tarball, '--access', 'public', '--provenance=false'], temp, registry);
}

function folderIn(temp, name) {
  const folder = join(temp, name);
  mkdirSync(folder);
  return folder;
}

/** Runs a command that installs from the registry, with an empty cache, and returns what it prints. */
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
  return execFileSync(command, args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}
