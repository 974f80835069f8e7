// The project's own check: the README's test command, the native backend, a browser, the smallest experiment,
// and the checks of `npm run check`, on a clean clone.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { root } from './pack.mjs';

const home = mkdtempSync(join(tmpdir(), 'fuseinit-ci-'));
const clone = join(home, 'clone');
let passed = 0;
let failed = 0;
const failures = [];

function step(name, command, cwd = clone) {
  console.log(`\n== ${name}: ${command}`);
  const start = performance.now();
  const { status } = spawnSync(command, { cwd, shell: true, stdio: 'inherit' });
  console.log(
    `== ${name}: ${status === 0 ? 'passed' : `failed (${status})`}, ${Math.round((performance.now() - start) / 1000)} s`,
  );
  if (status === 0) passed++;
  else {
    failed++;
    failures.push(name);
  }
  return status === 0;
}

/** The last command line of the README that installs: the one that passes the tests. */
function testCommand() {
  const commands = readFileSync(join(clone, 'README.md'), 'utf8').match(/^npx --yes pnpm.*npm test$/gm);
  if (!commands) throw new Error('README.md names no test command.');
  return commands.at(-1);
}

/** A step that runs tests: they count one by one. */
function testStep(name, command) {
  const results = join(home, `${name.replace(':', '-')}.json`);
  step(name, `${command} -- --reporter=default --reporter=json --outputFile.json="${results}"`);
  countTests(results);
}

/** What people look at after a run: from the clone, which goes, to `artifacts`. */
function keep(path) {
  if (existsSync(join(clone, path)))
    cpSync(join(clone, path), join(root, 'artifacts', basename(path)), { recursive: true });
}

function countTests(file) {
  if (!existsSync(file)) return;
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(file, 'utf8'));
  passed += numPassedTests;
  failed += numFailedTests;
  for (const { assertionResults } of testResults)
    for (const { status, fullName, failureMessages } of assertionResults)
      if (status === 'failed') failures.push(`${fullName}\n    ${failureMessages[0]?.split('\n')[0]}`);
}

process.on('exit', () => rmSync(home, { recursive: true, force: true }));

if (step('clone', `git clone --quiet --no-hardlinks "${root}" "${clone}"`, home)) {
  testStep('test', testCommand());
  step('libtensorflow', 'npm run --silent libtensorflow');
  testStep('test:native', 'npm run --silent test:native');
  step('chromium', 'npm run --silent chromium');
  testStep('test:browser', 'npm run --silent test:browser');
  keep('apps/browser-fuse/screenshots');
  step('backends', 'npm run --silent backends -- --json artifacts/backends.json');
  keep('artifacts/backends.json');
  step('experiments', 'npm run --silent experiments -- run smoke --json');
  for (const name of [
    'lint',
    'typecheck',
    'check:arrows',
    'check:unused',
    'check:docs',
    'check:packages',
    'consumer',
    'release -- --dry-run',
  ]) {
    step(name, `npm run --silent ${name}`);
  }
}
for (const failure of failures) console.log(`failed: ${failure}`);
process.exitCode = failed === 0 ? 0 : 1;
console.log(`${passed} passed, ${failed} failed`);
